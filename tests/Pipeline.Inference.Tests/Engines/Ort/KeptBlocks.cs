using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.Tests.Engines.Ort;

/// <summary>Keeps the floats of full blocks in memory, and restores as many as it is told to.</summary>
internal sealed class KeptBlocks : IKvPersistence
{
    private const int BlockTokens = Attention.KvLayout.BlockTokens;
    private readonly List<float[][]> blocks = [];

    internal int Limit { get; set; } = int.MaxValue;

    internal int Calls { get; private set; }

    public int Restore(KvSequence sequence, IReadOnlyList<int> tokens, int ropeRegime, CancellationToken cancellation)
    {
        var count = Math.Min(blocks.Count, Limit);
        sequence.Reserve(count * BlockTokens);
        for (var b = 0; b < count; b++)
        {
            for (var layer = 0; layer < sequence.Pool.Layers.Count; layer++)
            {
                blocks[b][layer].CopyTo(sequence.Blocks[b].Layer(sequence.Pool.Layers[layer]));
            }
        }

        sequence.Advance(count * BlockTokens);
        return sequence.Length;
    }

    public void OnRead(KvSequence sequence, IReadOnlyList<int> tokens, int ropeRegime, int length)
    {
        Calls++;
        Assert.Equal(length, sequence.Length);
        while (blocks.Count < length / BlockTokens)
        {
            blocks.Add([.. sequence.Pool.Layers.Select(l => sequence.Blocks[blocks.Count].Layer(l).ToArray())]);
        }
    }
}
