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

    public void CopyLayer(int layer, Span<byte> destination)
    {
        var layout = layers[layer];
        MemoryMarshal.AsBytes(block.Layer(layout)).CopyTo(destination);
        if (tokens.Length < KvLayout.BlockTokens)
        {
            BlockTail.Clear(MemoryMarshal.Cast<byte, float>(destination), layout, tokens.Length);
        }
    }

    public void Dispose() => block.Release();
}
