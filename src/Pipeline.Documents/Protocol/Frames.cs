using System.Buffers;
using System.Buffers.Binary;

namespace Pipeline.Documents.Protocol;

/// <summary>Frames on a pipe: one byte kind, four bytes little-endian length, payload.</summary>
internal static class Frames
{
    /// <summary>Bytes of file content in one frame.</summary>
    public const int ContentBytes = 256 * 1024;

    private const int HeaderBytes = 5;

    /// <summary>Writes one frame and flushes.</summary>
    public static void Write(Stream stream, FrameKind kind, ReadOnlySpan<byte> payload)
    {
        stream.Write(Header(kind, payload.Length));
        stream.Write(payload);
        stream.Flush();
    }

    /// <summary>Writes one frame; the caller flushes.</summary>
    public static async ValueTask WriteAsync(Stream stream, FrameKind kind, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        await stream.WriteAsync(Header(kind, payload.Length), cancellation);
        if (payload.Length > 0)
        {
            await stream.WriteAsync(payload, cancellation);
        }
    }

    /// <summary>Reads one frame; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The frame is cut short, of an unknown kind, or longer than <paramref name="maxBytes"/>.</exception>
    public static async ValueTask<(FrameKind Kind, byte[] Payload)?> ReadAsync(Stream stream, long maxBytes, CancellationToken cancellation)
    {
        var header = new byte[HeaderBytes];
        var read = await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellation);
        if (read == 0)
        {
            return null;
        }

        var kind = (FrameKind)header[0];
        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1));
        if (read < HeaderBytes || length < 0 || !Enum.IsDefined(kind))
        {
            throw new InvalidDataException("A frame on the pipe is cut short or of an unknown kind.");
        }

        if (length > maxBytes)
        {
            throw new InvalidDataException($"A frame of {length} bytes exceeds the {maxBytes} allowed.");
        }

        return (kind, await ReadPayloadAsync(stream, length, cancellation));
    }

    private static byte[] Header(FrameKind kind, int length)
    {
        var header = new byte[HeaderBytes];
        header[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(1), length);
        return header;
    }

    private static async ValueTask<byte[]> ReadPayloadAsync(Stream stream, int length, CancellationToken cancellation)
    {
        // Grown while bytes arrive, so that a length alone reserves nothing.
        var rented = ArrayPool<byte>.Shared.Rent(Math.Min(length, ContentBytes) + 1);
        try
        {
            using var payload = new MemoryStream(Math.Min(length, ContentBytes));
            while (payload.Length < length)
            {
                var wanted = (int)Math.Min(rented.Length, length - payload.Length);
                var read = await stream.ReadAsync(rented.AsMemory(0, wanted), cancellation);
                if (read == 0)
                {
                    throw new InvalidDataException("The pipe closed in the middle of a frame.");
                }

                payload.Write(rented, 0, read);
            }

            return payload.Length == payload.Capacity ? payload.GetBuffer() : payload.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
