using Pipeline.Attention;

namespace Pipeline.Inference.KvStore;

/// <summary>The places of a partial block that belong to no token.</summary>
internal static class BlockTail
{
    /// <summary>Sets keys and values from token <paramref name="from"/> on to zero, so that stored bytes depend on the document alone.</summary>
    public static void Clear(Span<float> slab, KvLayout layout, int from)
    {
        var keys = slab[..(layout.KvHeads * layout.HeadSize * KvLayout.BlockTokens)];
        for (var row = 0; row < keys.Length; row += KvLayout.BlockTokens)
        {
            keys.Slice(row + from, KvLayout.BlockTokens - from).Clear();
        }

        var values = slab[keys.Length..];
        var head = KvLayout.BlockTokens * layout.ValueStride;
        for (var start = 0; start < values.Length; start += head)
        {
            values[(start + (from * layout.ValueStride))..(start + head)].Clear();
        }
    }
}
