using System.Runtime.InteropServices;
using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.KvStore;

/// <summary>Reads blocks of a chain straight into a sequence's buffers, checking them on the way.</summary>
internal static class BlockRestorer
{
    // More threads than this no longer help a disk, and a page cache is copied as fast as memory allows.
    private const int MaxThreads = 4;

    /// <summary>Appends the chain's blocks from <paramref name="first"/> on, up to the first that turns out damaged.</summary>
    public static void Restore(KvChain chain, int first, KvSequence sequence, CancellationToken cancellation)
    {
        var end = chain.BlockCount;
        sequence.Reserve(chain.TokenCount - sequence.Length);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(MaxThreads, Environment.ProcessorCount), CancellationToken = cancellation };
        Parallel.For(first, end, parallel, block => Fill(chain, block, sequence));
        for (var block = Math.Max(first, chain.BlockCount); block < end; block++)
        {
            // Half-read bytes may be no numbers, and nothing times no number is not nothing.
            foreach (var layer in sequence.Pool.Layers)
            {
                sequence.Blocks[block].Layer(layer).Clear();
            }
        }

        sequence.Advance(Math.Max(0, chain.TokenCount - sequence.Length));
    }

    private static void Fill(KvChain chain, int block, KvSequence sequence)
    {
        var layers = sequence.Pool.Layers;
        for (var layer = 0; layer < layers.Count; layer++)
        {
            if (!chain.TryReadLayer(block, layer, MemoryMarshal.AsBytes(sequence.Blocks[block].Layer(layers[layer]))))
            {
                return;
            }
        }
    }
}
