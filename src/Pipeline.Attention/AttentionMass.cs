using System.Runtime.Intrinsics;
using Pipeline.Attention.Kernels;

namespace Pipeline.Attention;

/// <summary>
/// How much attention one query head pays to each of the first keys of a sequence: the probabilities that <see cref="AttentionLayer.Run"/> used, computed again from
/// the queries, the stored keys and the final log-sum-exp, for the few heads that are asked for. No matrix of rows x keys is kept.
/// <para>
/// Rows are added in ascending order to each key's sum, and a row's scores have the bits they had in the layer, so the sums do not depend on batch, threads, chunks, or on
/// whether the keys were computed or restored.
/// </para>
/// </summary>
public static unsafe class AttentionMass
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
    /// <param name="mass">One sum per key from the sequence's first key on, <c>[keys]</c>; all these keys lie before the new rows.</param>
    /// <param name="parallel">Threads.</param>
    /// <exception cref="ArgumentException">The batch has no such sequence, the layer no such head, or a key is not older than the new rows.</exception>
    public static void Add(
        AttentionLayer layer, AttentionBatch batch, in AttentionTensors tensors, AttentionWorkspace workspace, int sequence, int head, Memory<float> mass, IParallel parallel)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(parallel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)sequence, (uint)batch.Sequences.Length, nameof(sequence));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)head, (uint)layer.Parameters.QueryHeads, nameof(head));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mass.Length, batch.Sequences[sequence].Position, nameof(mass));
        switch (layer.Kernel)
        {
            case KernelChoice.Avx512: Add<Avx512WideKernel>(layer, batch, tensors, workspace, sequence, head, mass, parallel); break;
            case KernelChoice.Vector256: Add<Vector256WideKernel>(layer, batch, tensors, workspace, sequence, head, mass, parallel); break;
            case KernelChoice.Vector128: Add<Vector128Kernel>(layer, batch, tensors, workspace, sequence, head, mass, parallel); break;
            default: Add<ScalarKernel>(layer, batch, tensors, workspace, sequence, head, mass, parallel); break;
        }
    }

    private static void Add<TKernel>(
        AttentionLayer layer, AttentionBatch batch, in AttentionTensors tensors, AttentionWorkspace workspace, int sequence, int head, Memory<float> mass, IParallel parallel)
        where TKernel : struct, IBlockKernel
    {
        int firstRow = 0;
        for (int s = 0; s < sequence; s++)
        {
            firstRow += batch.Sequences[s].Count;
        }

        SequenceRows rows = batch.Sequences[sequence];
        int headSize = layer.Parameters.HeadSize;
        int panels = (rows.Count + TKernel.Rows - 1) / TKernel.Rows;
        float[] packed = new float[panels * headSize * TKernel.Rows]; // [panels][headSize, Rows]
        Pack<TKernel>(layer, tensors, rows, firstRow, head, packed);
        float[] logSumExp = new float[rows.Count];
        for (int r = 0; r < rows.Count; r++)
        {
            logSumExp[r] = workspace.LogSumExp[((long)(firstRow + r) * layer.Parameters.QueryHeads) + head];
        }

        var sums = new BlockSums<TKernel>(layer, rows, packed, logSumExp, head, mass);
        int blocks = (mass.Length + KvLayout.BlockTokens - 1) / KvLayout.BlockTokens;
        int items = (blocks + BlocksPerItem - 1) / BlocksPerItem;
        if (items <= 1 || parallel.Threads == 1)
        {
            sums.Add(0, blocks);
        }
        else
        {
            parallel.For(items, i => sums.Add(i * BlocksPerItem, Math.Min(blocks, (i + 1) * BlocksPerItem)));
        }
    }

    /// <summary>Rotates and scales the queries as the layer did.</summary>
    private static void Pack<TKernel>(AttentionLayer layer, in AttentionTensors tensors, SequenceRows rows, int firstRow, int head, float[] packed)
        where TKernel : struct, IBlockKernel
    {
        int headSize = layer.Parameters.HeadSize;
        float scale = layer.Parameters.EffectiveScale;
        float* rotated = stackalloc float[headSize];
        for (int r = 0; r < rows.Count; r++)
        {
            float* query = tensors.Queries + ((firstRow + r) * tensors.QueryStride) + ((long)head * headSize);
            if (layer.Rotary is not null)
            {
                layer.Rotary.Rotate(query, rotated, headSize, rows.Position + r);
                query = rotated;
            }

            int to = (r / TKernel.Rows * headSize * TKernel.Rows) + (r % TKernel.Rows);
            for (int d = 0; d < headSize; d++)
            {
                packed[to + (d * TKernel.Rows)] = tensors.Round(query[d]) * scale;
            }
        }
    }

    /// <summary>Adds up what the rows of one sequence and head give to the keys of some blocks.</summary>
    private sealed class BlockSums<TKernel>(AttentionLayer layer, SequenceRows rows, float[] packed, float[] logSumExp, int head, Memory<float> mass)
        where TKernel : struct, IBlockKernel
    {
        internal void Add(int firstBlock, int endBlock)
        {
            float* scores = stackalloc float[16 * KvLayout.BlockTokens]; // [Rows, 64]
            float* sums = stackalloc float[KvLayout.BlockTokens];
            int kvHead = head / layer.Parameters.GroupSize;
            for (int index = firstBlock; index < endBlock; index++)
            {
                int firstKey = index * KvLayout.BlockTokens;
                int count = Math.Min(KvLayout.BlockTokens, mass.Length - firstKey);
                var all = new Span<float>(sums, KvLayout.BlockTokens);
                all.Clear();
                mass.Span.Slice(firstKey, count).CopyTo(all);
                AddBlock((float*)rows.Blocks[index] + layer.Layout.Keys(kvHead), firstKey, scores, sums);
                all[..count].CopyTo(mass.Span[firstKey..]);
            }
        }

        private void AddBlock(float* keys, int firstKey, float* scores, float* sums)
        {
            int headSize = layer.Parameters.HeadSize;
            int window = layer.Parameters.WindowTokens;
            fixed (float* queries = packed)
            {
                for (int row = 0; row < rows.Count; row += TKernel.Rows)
                {
                    TKernel.Scores(queries + ((long)row * headSize), keys, scores, headSize, KvLayout.BlockTokens, ahead: 0);
                    for (int r = row; r < Math.Min(rows.Count, row + TKernel.Rows); r++)
                    {
                        // Keys before the row's window had no part in it.
                        long hidden = window == 0 ? 0 : rows.Position + r + 1 - window - firstKey;
                        AddRow(scores + ((r - row) * KvLayout.BlockTokens), logSumExp[r], (int)Math.Clamp(hidden, 0, KvLayout.BlockTokens), sums);
                    }
                }
            }
        }

        /// <summary><c>sums[64] += exp(scores - logSumExp)</c>, from <paramref name="first"/> on.</summary>
        private void AddRow(float* scores, float rowLogSumExp, int first, float* sums)
        {
            if (layer.Parameters.Softcap > 0)
            {
                AttentionTile.Cap(scores, KvLayout.BlockTokens, layer.Parameters.Softcap);
            }

            new Span<float>(scores, first).Fill(float.NegativeInfinity);
            if (layer.Kernel == KernelChoice.Scalar)
            {
                for (int key = 0; key < KvLayout.BlockTokens; key++)
                {
                    sums[key] += Exponential.Exp(scores[key] - rowLogSumExp);
                }

                return;
            }

            var shift = Vector128.Create(rowLogSumExp);
            for (int key = 0; key < KvLayout.BlockTokens; key += 4)
            {
                (Vector128.Load(sums + key) + Vector128Softmax.Exp(Vector128.Load(scores + key) - shift)).Store(sums + key);
            }
        }
    }
}
