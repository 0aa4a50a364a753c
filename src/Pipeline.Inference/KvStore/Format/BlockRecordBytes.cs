using System.IO.Hashing;

namespace Pipeline.Inference.KvStore.Format;

/// <summary>A block's record as one piece of bytes: what a segment holds, and what a remote tier stores.</summary>
internal static class BlockRecordBytes
{
    /// <summary>Whether the bytes are the whole, undamaged record of the block with this key.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes, KvKey key) => TryDecode(bytes) is { } header && header.Key == key;

    /// <summary>Reads a record's header after every checksum was found right, else null.</summary>
    public static BlockHeader? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (BlockHeader.TryDecode(bytes) is not { } header || header.RecordBytes != bytes.Length)
        {
            return null;
        }

        var offset = header.HeaderBytes;
        for (var layer = 0; layer < header.LayerBytes.Length; layer++)
        {
            if (XxHash3.HashToUInt64(bytes.Slice(offset, header.LayerBytes[layer])) != header.LayerHashes[layer])
            {
                return null;
            }

            offset += header.LayerBytes[layer];
        }

        return bytes[offset..].ContainsAnyExcept((byte)0) ? null : header;
    }
}
