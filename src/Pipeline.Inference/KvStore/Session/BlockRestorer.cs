using System.Runtime.InteropServices;
using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.KvStore;

/// <summary>Reads blocks of a chain straight into a sequence's buffers, checking them on the way.</summary>
internal static class BlockRestorer
{
    // More threads than this no longer help a disk, and a page cache is copied as fast as memory allows.
    private const int MaxThreads = 4;

    /// <summary>
    /// Appends the chain's blocks [<paramref name="first"/>, <paramref name="end"/>), up to the first that turns out damaged, to a sequence
    /// that ends where they begin.
    /// </summary>
    public static void Restore(KvChain chain, int first, int end, KvSequence sequence, CancellationToken cancellation)
    {
        sequence.ReserveUncleared(Tokens(chain, first, end));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(MaxThreads, Environment.ProcessorCount), CancellationToken = cancellation };
        Parallel.For(first, end, parallel, block => Fill(chain, block, sequence));
        for (var block = Math.Max(first, chain.BlockCount); block < end; block++)
        {
            sequence.Blocks[block].Clear();
        }

        sequence.Advance(Tokens(chain, first, Math.Min(end, chain.BlockCount)));
    }

    private static int Tokens(KvChain chain, int first, int end)
    {
        var tokens = 0;
        for (var block = first; block < end; block++)
        {
            tokens += chain.TokensOf(block).Length;
        }

        return tokens;
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
