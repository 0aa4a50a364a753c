using System.IO.Hashing;
using Pipeline.Inference.KvStore.Format;

namespace Pipeline.Inference.KvStore.Tiers;

/// <summary>The list of a document's block keys: number (4, little endian), keys (32 each), XxHash3 of all that (8).</summary>
internal static class RemoteDocument
{
    public const long MaxBytes = 64L << 20;

    public static byte[] Encode(IReadOnlyList<KvKey> keys)
    {
        var bytes = new byte[sizeof(int) + (keys.Count * KvKey.Size) + sizeof(ulong)];
        var writer = new SpanWriter(bytes);
        writer.Int32(keys.Count);
        foreach (var key in keys)
        {
            writer.Key(key);
        }

        writer.UInt64(XxHash3.HashToUInt64(bytes.AsSpan(0, writer.Position)));
        return bytes;
    }

    /// <summary>Reads the keys, or returns null where the bytes are no such list.</summary>
    public static IReadOnlyList<KvKey>? TryDecode(ReadOnlySpan<byte> bytes)
    {
        const int Fixed = sizeof(int) + sizeof(ulong);
        if (bytes.Length < Fixed || (bytes.Length - Fixed) % KvKey.Size != 0)
        {
            return null;
        }

        var reader = new SpanReader(bytes);
        if (reader.Int32() != (bytes.Length - Fixed) / KvKey.Size)
        {
            return null;
        }

        var keys = new KvKey[(bytes.Length - Fixed) / KvKey.Size];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = reader.Key();
        }

        return reader.UInt64() == XxHash3.HashToUInt64(bytes[..^sizeof(ulong)]) ? keys : null;
    }
}
