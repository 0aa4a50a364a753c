using System.Buffers.Binary;
using System.IO.Hashing;

namespace Pipeline.Inference.KvStore.Format;

/// <summary>
/// The head of a block's record in a segment. Little endian: magic (8), format version (4), header bytes (4), key (32), parent (32),
/// document (32), number of tokens (4), number of layers (4), tokens (4 each), layer bytes (4 each), XxHash3 of each layer's slab
/// (8 each), XxHash3 of all that (8), zeros up to a multiple of 4,096. The slabs follow without gaps, then zeros up to a multiple of
/// 4,096, so that a committed record never shares a page with one that is still being written.
/// </summary>
internal sealed record BlockHeader(KvKey Key, KvKey Parent, KvKey Document, int[] Tokens, int[] LayerBytes, ulong[] LayerHashes)
{
    public const int Page = 4096;
    private const ulong Magic = 0x31_4B_4C_42_56_4B_4C_50; // "PLKVBLK1"
    private const int Fixed = 8 + 4 + 4 + (3 * KvKey.Size) + 4 + 4;

    /// <summary>Bytes of the header with its padding, which is where the first slab begins.</summary>
    public int HeaderBytes => HeaderBytesOf(Tokens.Length, LayerBytes.Length);

    /// <summary>Bytes of the whole record with its padding.</summary>
    public long RecordBytes => RecordBytesOf(Tokens.Length, LayerBytes);

    public static int HeaderBytesOf(int tokens, int layers) =>
        checked((int)RoundUp(Fixed + ((long)sizeof(int) * (tokens + layers)) + (sizeof(ulong) * ((long)layers + 1))));

    public static long RecordBytesOf(int tokens, IReadOnlyList<int> layerBytes) =>
        HeaderBytesOf(tokens, layerBytes.Count) + RoundUp(layerBytes.Sum(bytes => (long)bytes));

    /// <summary>The checksum by which a manifest record refers to this header.</summary>
    public static ulong ChecksumOf(ReadOnlySpan<byte> encoded) => XxHash3.HashToUInt64(encoded);

    /// <summary>Writes the header with its padding; <paramref name="destination"/> has <see cref="HeaderBytes"/> bytes.</summary>
    public void Encode(Span<byte> destination)
    {
        destination.Clear();
        var writer = new SpanWriter(destination);
        writer.UInt64(Magic);
        writer.Int32(KvNamespace.FormatVersion);
        writer.Int32(HeaderBytes);
        writer.Key(Key);
        writer.Key(Parent);
        writer.Key(Document);
        writer.Int32(Tokens.Length);
        writer.Int32(LayerBytes.Length);
        writer.Int32s(Tokens);
        writer.Int32s(LayerBytes);
        foreach (var hash in LayerHashes)
        {
            writer.UInt64(hash);
        }

        writer.UInt64(XxHash3.HashToUInt64(destination[..writer.Position]));
    }

    /// <summary>Reads a header, or returns null where the bytes are none.</summary>
    public static BlockHeader? TryDecode(ReadOnlySpan<byte> source)
    {
        var reader = new SpanReader(source);
        if (source.Length < Fixed || reader.UInt64() != Magic || reader.Int32() != KvNamespace.FormatVersion)
        {
            return null;
        }

        var headerBytes = reader.Int32();
        var key = reader.Key();
        var parent = reader.Key();
        var document = reader.Key();
        var tokenCount = reader.Int32();
        var layerCount = reader.Int32();
        if (tokenCount is < 1 or > KvBlockLayout.MaxBlockTokens
            || layerCount is < 1 or > KvBlockLayout.MaxLayers
            || headerBytes != HeaderBytesOf(tokenCount, layerCount)
            || source.Length < headerBytes)
        {
            return null;
        }

        var tokens = reader.Int32s(tokenCount);
        var layerBytes = reader.Int32s(layerCount);
        var hashes = new ulong[layerCount];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = reader.UInt64();
        }

        var end = reader.Position;
        return reader.UInt64() == XxHash3.HashToUInt64(source[..end]) && Array.TrueForAll(layerBytes, bytes => bytes > 0)
            ? new BlockHeader(key, parent, document, tokens, layerBytes, hashes)
            : null;
    }

    /// <summary>Reads the header's total length from its first 16 bytes, or returns 0 where they are not a header's.</summary>
    public static int PeekHeaderBytes(ReadOnlySpan<byte> source)
    {
        const int MaxHeader = 1 << 20;
        if (source.Length < 16
            || BinaryPrimitives.ReadUInt64LittleEndian(source) != Magic
            || BinaryPrimitives.ReadInt32LittleEndian(source[8..]) != KvNamespace.FormatVersion)
        {
            return 0;
        }

        var bytes = BinaryPrimitives.ReadInt32LittleEndian(source[12..]);
        return bytes is >= Page and <= MaxHeader && bytes % Page == 0 ? bytes : 0;
    }

    private static long RoundUp(long bytes) => (bytes + Page - 1) / Page * Page;
}
