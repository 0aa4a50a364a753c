using System.IO.Hashing;

namespace Pipeline.Inference.KvStore.Format;

/// <summary>A block's record as one piece of bytes: what a segment holds, and what a remote tier stores.</summary>
internal static class BlockRecordBytes
{
    /// <summary>Builds a block's record in <paramref name="destination"/>, which is as long as the record.</summary>
    /// <returns>The header's checksum.</returns>
    public static ulong Build(Span<byte> destination, KvKey key, KvKey parent, KvKey document, IKvBlockSource source, KvBlockLayout layout)
    {
        int[] layerBytes = [.. layout.LayerBytes];
        var hashes = new ulong[layerBytes.Length];
        var offset = BlockHeader.HeaderBytesOf(source.Tokens.Length, layerBytes.Length);
        for (var layer = 0; layer < hashes.Length; layer++)
        {
            var slab = destination.Slice(offset, layerBytes[layer]);
            source.CopyLayer(layer, slab);
            hashes[layer] = XxHash3.HashToUInt64(slab);
            offset += layerBytes[layer];
        }

        destination[offset..].Clear();
        var header = new BlockHeader(key, parent, document, source.Tokens.ToArray(), layerBytes, hashes);
        var head = destination[..header.HeaderBytes];
        header.Encode(head);
        return BlockHeader.ChecksumOf(head);
    }

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
