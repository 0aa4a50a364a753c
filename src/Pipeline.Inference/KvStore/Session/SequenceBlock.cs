using System.Runtime.InteropServices;
using Pipeline.Attention;
using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.KvStore;

/// <summary>A block of a sequence on its way into the store; holds a reference until it is there.</summary>
internal sealed class SequenceBlock : IKvBlockSource, IDisposable
{
    private readonly KvBlock block;
    private readonly IReadOnlyList<KvLayout> layers;
    private readonly int[] tokens;

    public SequenceBlock(KvSequence sequence, KvDocumentHandle document, int number)
    {
        Number = number;
        block = sequence.Blocks[number];
        layers = sequence.Pool.Layers;
        tokens = document.TokensOfBlock(number);
        block.AddReference();
    }

    /// <summary>The block's place in the document.</summary>
    public int Number { get; }

    public ReadOnlySpan<int> Tokens => tokens;

    public ReadOnlySpan<byte> Layer(int layer)
    {
        var layout = layers[layer];
        var slab = block.Layer(layout);
        if (tokens.Length < KvLayout.BlockTokens)
        {
            // The sequence may have gone on behind the document; the block in memory is not ours to change.
            slab = slab.ToArray();
            BlockTail.Clear(slab, layout, tokens.Length);
        }

        return MemoryMarshal.AsBytes(slab);
    }

    public void Dispose() => block.Release();
}
