using Pipeline.Attention.Kernels;

namespace Pipeline.Attention;

/// <summary>
/// How much attention one query head pays to each of some keys of a sequence: the probabilities that <see cref="AttentionLayer.Run"/> used, computed again from the queries,
/// the stored keys and the final log-sum-exp, for the few heads that are asked for. No matrix of rows x keys is kept.
/// <para>
/// Attention fades with distance, and a model trained on short texts tells little apart that lies far back. So the probability that a row gives to these keys in all can be divided
/// among them as if none lay farther back than a given distance: keys within it have the scores that the layer gave them, blocks of keys beyond it are seen as if they began
/// just there (as in ReRoPE, Su 2023).
/// </para>
/// <para>
/// Rows are added in ascending order to each key's sum and blocks in ascending order to a row's total, so sums do not depend on batch, threads, chunks, or on whether the keys
/// were computed or restored.
/// </para>
/// </summary>
public static unsafe class KeyAttention
{
    /// <summary>Blocks of keys that a thread takes at a time.</summary>
    private const int BlocksPerItem = 16;

    /// <summary>Adds the probabilities of all new rows of one sequence, directly after the layer has run.</summary>
    /// <param name="layer">The layer that ran.</param>
    /// <param name="batch">Its rows.</param>
    /// <param name="tensors">Its tensors, the queries as they were.</param>
    /// <param name="workspace">Its workspace, which holds the log-sum-exp of each row and head.</param>
    /// <param name="sequence">Index of the sequence in the batch.</param>
    /// <param name="head">Query head.</param>
    /// <param name="firstKey">The first of the keys.</param>
    /// <param name="distance">Tokens back beyond which a block of keys is seen no farther; 0 for no such limit, which is also all that a layer without a rotary embedding of its own has.</param>
    /// <param name="mass">One sum per key, <c>[keys]</c>; all these keys lie before the new rows.</param>
    /// <param name="parallel">Threads.</param>
    /// <exception cref="ArgumentException">The batch has no such sequence, the layer no such head, or a key is not older than the new rows.</exception>
    public static void Add(
        AttentionLayer layer, AttentionBatch batch, in AttentionTensors tensors, AttentionWorkspace workspace, int sequence, int head, int firstKey, int distance, Memory<float> mass, IParallel parallel)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(parallel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)sequence, (uint)batch.Sequences.Length, nameof(sequence));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)head, (uint)layer.Parameters.QueryHeads, nameof(head));
        ArgumentOutOfRangeException.ThrowIfNegative(firstKey);
        ArgumentOutOfRangeException.ThrowIfNegative(distance);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstKey + mass.Length, batch.Sequences[sequence].Position, nameof(mass));
        switch (layer.Kernel)
        {
            case KernelChoice.Avx512: Add<Avx512WideKernel>(layer, batch, tensors, workspace, sequence, head, firstKey, distance, mass, parallel); break;
            case KernelChoice.Vector256: Add<Vector256WideKernel>(layer, batch, tensors, workspace, sequence, head, firstKey, distance, mass, parallel); break;
            case KernelChoice.Vector128: Add<Vector128Kernel>(layer, batch, tensors, workspace, sequence, head, firstKey, distance, mass, parallel); break;
            default: Add<ScalarKernel>(layer, batch, tensors, workspace, sequence, head, firstKey, distance, mass, parallel); break;
        }
    }

    private static void Add<TKernel>(
        AttentionLayer layer, AttentionBatch batch, in AttentionTensors tensors, AttentionWorkspace workspace, int sequence, int head, int firstKey, int distance, Memory<float> mass, IParallel parallel)
        where TKernel : struct, IBlockKernel
    {
        int firstRow = 0;
        for (int s = 0; s < sequence; s++)
        {
            firstRow += batch.Sequences[s].Count;
        }

        SequenceRows rows = batch.Sequences[sequence];
        int headSize = layer.Parameters.HeadSize;
        float[] queries = new float[rows.Count * headSize];
        float[] logSumExp = new float[rows.Count];
        for (int r = 0; r < rows.Count; r++)
        {
            float* query = tensors.Queries + ((firstRow + r) * tensors.QueryStride) + ((long)head * headSize);
            new ReadOnlySpan<float>(query, headSize).CopyTo(queries.AsSpan(r * headSize));
            logSumExp[r] = workspace.LogSumExp[((long)(firstRow + r) * layer.Parameters.QueryHeads) + head];
        }

        var keys = new KeySoftmax<TKernel>(layer, rows, queries, tensors.HalfPrecision, head, firstKey, mass.Length);
        Run(keys.Blocks, keys.Measure, parallel);
        float[] parts = keys.Parts(logSumExp);
        if (keys.SeeNoFarther(distance))
        {
            Run(keys.Blocks, keys.Measure, parallel);
        }

        keys.Scale(parts);
        Run(keys.Blocks, block => keys.Add(block, mass), parallel);
    }

    private static void Run(int blocks, Action<int> body, IParallel parallel)
    {
        int items = (blocks + BlocksPerItem - 1) / BlocksPerItem;
        parallel.For(items, item =>
        {
            for (int block = item * BlocksPerItem; block < Math.Min(blocks, (item + 1) * BlocksPerItem); block++)
            {
                body(block);
            }
        });
    }
}
