using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Pipeline.Inference.KvStore.Format;

/// <summary>
/// A record's frame in the manifest. Little endian: magic (4), payload bytes (4), kind (1), payload, XxHash3 of all that (8).
/// </summary>
internal static class ManifestFrame
{
    public const int Overhead = HeadBytes + sizeof(ulong);
    private const int HeadBytes = 4 + 4 + 1;
    private const uint Magic = 0x46_56_4B_50; // "PKVF"
    private const int MaxPayload = 1 << 20;

    /// <summary>Keys that fit one removal record.</summary>
    public const int MaxKeys = 4096;

    private enum Kind : byte
    {
        Namespace = 1,
        Block = 2,
        Document = 3,
        Removal = 4,
        Forgotten = 5,
    }

    public static byte[] Encode(ManifestRecord record)
    {
        var buffer = new byte[Overhead + PayloadBound(record)];
        var writer = new SpanWriter(buffer.AsSpan(HeadBytes));
        var kind = Write(record, ref writer);
        var end = HeadBytes + writer.Position;
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(4), writer.Position);
        buffer[8] = (byte)kind;
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.AsSpan(end), XxHash3.HashToUInt64(buffer.AsSpan(0, end)));
        return buffer[..(end + sizeof(ulong))];
    }

    /// <summary>Reads the frame at the start of <paramref name="source"/>; null where there is no whole, undamaged one.</summary>
    /// <param name="source">Bytes of the manifest from a frame's supposed start to the file's end.</param>
    /// <param name="length">The frame's bytes.</param>
    public static ManifestRecord? TryDecode(ReadOnlySpan<byte> source, out int length)
    {
        length = 0;
        if (source.Length < Overhead || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
        {
            return null;
        }

        var payload = BinaryPrimitives.ReadInt32LittleEndian(source[4..]);
        if (payload is < 0 or > MaxPayload || payload > source.Length - Overhead)
        {
            return null;
        }

        var end = HeadBytes + payload;
        if (BinaryPrimitives.ReadUInt64LittleEndian(source[end..]) != XxHash3.HashToUInt64(source[..end]))
        {
            return null;
        }

        try
        {
            var record = Read((Kind)source[8], new SpanReader(source[HeadBytes..end]));
            length = record is null ? 0 : end + sizeof(ulong);
            return record;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Where the next frame that is whole and undamaged begins, or -1.</summary>
    public static int FindNext(ReadOnlySpan<byte> source, int from)
    {
        Span<byte> magic = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, Magic);
        while (from < source.Length)
        {
            var at = source[from..].IndexOf(magic);
            if (at < 0)
            {
                return -1;
            }

            from += at;
            if (TryDecode(source[from..], out _) is not null)
            {
                return from;
            }

            from++;
        }

        return -1;
    }

    private static Kind Write(ManifestRecord record, ref SpanWriter writer)
    {
        switch (record)
        {
            case NamespaceRecord r:
                writer.Key(r.Root);
                writer.Text(r.ModelName);
                writer.Text(r.NumericsClass);
                writer.Text(r.RopeRegime);
                writer.Int32(r.BlockTokens);
                writer.Int32(r.LayerBytes.Length);
                writer.Int32s(r.LayerBytes);
                return Kind.Namespace;
            case BlockRecord r:
                writer.Key(r.Key);
                writer.Key(r.Parent);
                writer.Key(r.Root);
                writer.Key(r.Document);
                writer.UInt64(r.Segment);
                writer.Int64(r.Offset);
                writer.Int64(r.Length);
                writer.UInt64(r.HeaderChecksum);
                writer.Int64(r.Used);
                writer.Int32(r.Tokens.Length);
                writer.Int32s(r.Tokens);
                return Kind.Block;
            case DocumentRecord r:
                writer.Key(r.Document);
                writer.Key(r.Root);
                writer.Text(r.Id);
                writer.Text(r.Name);
                writer.Int32(r.TotalTokens);
                writer.Key(r.Leaf);
                writer.Int64(r.Created);
                writer.Int64(r.Used);
                return Kind.Document;
            case RemovalRecord r:
                writer.Byte((byte)r.Reason);
                writer.Int32(r.Keys.Length);
                foreach (var key in r.Keys)
                {
                    writer.Key(key);
                }

                return Kind.Removal;
            case ForgottenRecord r:
                writer.Key(r.Document);
                return Kind.Forgotten;
            default:
                throw new ArgumentException($"No frame for {record.GetType().Name}.", nameof(record));
        }
    }

    private static ManifestRecord? Read(Kind kind, SpanReader reader) => kind switch
    {
        Kind.Namespace => new NamespaceRecord(reader.Key(), reader.Text(), reader.Text(), reader.Text(), reader.Int32(), reader.Int32s(reader.Int32())),
        Kind.Block => new BlockRecord(
            reader.Key(),
            reader.Key(),
            reader.Key(),
            reader.Key(),
            reader.UInt64(),
            reader.Int64(),
            reader.Int64(),
            reader.UInt64(),
            reader.Int64(),
            reader.Int32s(reader.Int32())),
        Kind.Document => new DocumentRecord(reader.Key(), reader.Key(), reader.Text(), reader.Text(), reader.Int32(), reader.Key(), reader.Int64(), reader.Int64()),
        Kind.Removal => new RemovalRecord((RemovalReason)reader.Byte(), Keys(ref reader)),
        Kind.Forgotten => new ForgottenRecord(reader.Key()),
        _ => null,
    };

    private static KvKey[] Keys(ref SpanReader reader)
    {
        var count = reader.Int32();
        if (count is < 0 or > MaxKeys)
        {
            throw new InvalidDataException("A removal record holds more keys than any writer puts into one.");
        }

        var keys = new KvKey[count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = reader.Key();
        }

        return keys;
    }

    private static int PayloadBound(ManifestRecord record) => record switch
    {
        NamespaceRecord r => 64 + TextBound(r.ModelName) + TextBound(r.NumericsClass) + TextBound(r.RopeRegime) + (4 * r.LayerBytes.Length),
        BlockRecord r => (4 * KvKey.Size) + 64 + (4 * r.Tokens.Length),
        DocumentRecord r => (3 * KvKey.Size) + 32 + TextBound(r.Id) + TextBound(r.Name),
        RemovalRecord r => 16 + (KvKey.Size * r.Keys.Length),
        _ => 64,
    };

    private static int TextBound(string text) => Encoding.UTF8.GetMaxByteCount(text.Length);
}
