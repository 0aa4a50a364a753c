namespace Pipeline.Inference.KvStore;

/// <summary>The shape of a block's bytes. The store moves them without looking inside.</summary>
/// <param name="BlockTokens">Tokens of a full block.</param>
/// <param name="LayerBytes">Bytes of each layer's slab, in layer order; a partial block's slabs are as long as a full one's.</param>
/// <param name="Description">What the bytes are, for example <c>float32 K[h,d,t] V[h,t,d]</c>; a part of every key.</param>
public sealed record KvBlockLayout(int BlockTokens, IReadOnlyList<int> LayerBytes, string Description)
{
    /// <summary>More layers than this are not believed when they are read from a file.</summary>
    internal const int MaxLayers = 4096;

    /// <summary>More tokens in a block than this are not believed when they are read from a file.</summary>
    internal const int MaxBlockTokens = 65_536;

    /// <summary>Bytes of a block's slabs.</summary>
    public long BlockBytes => LayerBytes.Sum(bytes => (long)bytes);

    internal void Validate()
    {
        if (BlockTokens is < 1 or > MaxBlockTokens || LayerBytes.Count is < 1 or > MaxLayers || LayerBytes.Any(bytes => bytes < 1))
        {
            throw new InferenceException(
                $"A block layout has 1 to {MaxBlockTokens} tokens and 1 to {MaxLayers} layers of at least one byte, not {BlockTokens} tokens and {LayerBytes.Count} layers.");
        }
    }
}
