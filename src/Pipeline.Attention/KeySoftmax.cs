using Pipeline.Attention.Kernels;

namespace Pipeline.Attention;

/// <summary>The softmax of one sequence's rows over a range of its keys, block by block: each block's log-sum-exp, the rows' totals, then the probabilities. See <see cref="KeyAttention"/>.</summary>
internal sealed unsafe class KeySoftmax<TKernel>
    where TKernel : struct, IBlockKernel
{
    private const int BlockTokens = KvLayout.BlockTokens;

    private readonly AttentionLayer layer;
    private readonly SequenceRows rows;
    private readonly float[] queries; // [rows, headSize], before rotary
    private readonly bool halfPrecision;
    private readonly int head;
    private readonly int firstKey;
    private readonly int endKey;
    private readonly int firstBlock;
    private readonly float[] logSums; // [blocks, rows]
    private readonly float[] totals; // [rows]
    private int distance;

    internal KeySoftmax(AttentionLayer layer, SequenceRows rows, float[] queries, bool halfPrecision, int head, int firstKey, int keys)
    {
        this.layer = layer;
        this.rows = rows;
        this.queries = queries;
        this.halfPrecision = halfPrecision;
        this.head = head;
        this.firstKey = firstKey;
        endKey = firstKey + keys;
        firstBlock = firstKey / BlockTokens;
        Blocks = ((endKey + BlockTokens - 1) / BlockTokens) - firstBlock;
        logSums = new float[Blocks * rows.Count];
        totals = new float[rows.Count];
    }

    private delegate void PanelAction(int firstRow, float* scores, float* max, float* sum);

    /// <summary>Blocks that hold the keys.</summary>
    internal int Blocks { get; }

    /// <summary>Keeps the block's log-sum-exp of each row.</summary>
    internal void Measure(int block) => Visit(block, (firstRow, _, max, sum) =>
    {
        for (int r = 0; r < Math.Min(TKernel.Rows, rows.Count - firstRow); r++)
        {
            logSums[(block * rows.Count) + firstRow + r] = sum[r] > 0 ? max[r] + MathF.Log(sum[r]) : float.NegativeInfinity;
        }
    });

    /// <summary>The part of each row's attention that goes to the keys, as the layer saw them: call it after the first measure.</summary>
    /// <param name="logSumExp">Over all that a row sees, <c>[rows]</c>.</param>
    internal float[] Parts(float[] logSumExp)
    {
        Total();
        return [.. totals.Zip(logSumExp, (own, all) => MathF.Exp(own - all))];
    }

    /// <summary>From now on blocks that begin more than <paramref name="limit"/> tokens back are seen as if they began just there.</summary>
    /// <returns>Whether that makes a difference, so that the keys must be measured again.</returns>
    internal bool SeeNoFarther(int limit)
    {
        distance = limit;
        return limit > 0 && layer.Rotary is not null && rows.Position + rows.Count > ((long)firstBlock * BlockTokens) + limit;
    }

    /// <summary>Makes each row's probabilities add up to its part.</summary>
    internal void Scale(float[] parts)
    {
        Total();
        for (int row = 0; row < rows.Count; row++)
        {
            totals[row] -= MathF.Log(parts[row]);
        }
    }

    /// <summary>Adds the block's probabilities; a row that sees none of the keys has none.</summary>
    internal void Add(int block, Memory<float> mass)
    {
        int start = (firstBlock + block) * BlockTokens;
        Visit(block, (firstRow, weights, max, sum) =>
        {
            Span<float> own = mass.Span;
            for (int r = 0; r < Math.Min(TKernel.Rows, rows.Count - firstRow); r++)
            {
                float factor = sum[r] > 0 ? MathF.Exp(max[r] - totals[firstRow + r]) : 0;
                for (int key = Math.Max(start, firstKey); key < Math.Min(start + BlockTokens, endKey); key++)
                {
                    own[key - firstKey] += factor * weights[(r * BlockTokens) + key - start];
                }
            }
        });
    }

    /// <summary>Adds up the blocks' sums of each row.</summary>
    private void Total()
    {
        for (int row = 0; row < rows.Count; row++)
        {
            float highest = float.NegativeInfinity;
            for (int block = 0; block < Blocks; block++)
            {
                highest = MathF.Max(highest, logSums[(block * rows.Count) + row]);
            }

            float sum = 0;
            for (int block = 0; block < Blocks && highest > float.NegativeInfinity; block++)
            {
                sum += MathF.Exp(logSums[(block * rows.Count) + row] - highest);
            }

            totals[row] = sum > 0 ? highest + MathF.Log(sum) : float.NegativeInfinity;
        }
    }

    /// <summary>Scores a block for one panel of rows after the other: weights <c>exp(score - max)</c>, <c>[Rows, 64]</c>, with maxima and sums of the rows.</summary>
    private void Visit(int block, PanelAction action)
    {
        int headSize = layer.Parameters.HeadSize;
        float* keys = (float*)rows.Blocks[firstBlock + block] + layer.Layout.Keys(head / layer.Parameters.GroupSize);
        float* scores = stackalloc float[16 * BlockTokens];
        float* statistics = stackalloc float[3 * 16];
        float[] panel = new float[headSize * TKernel.Rows];
        fixed (float* packed = panel)
        {
            for (int row = 0; row < rows.Count; row += TKernel.Rows)
            {
                Pack(packed, row, block);
                TKernel.Scores(packed, keys, scores, headSize, BlockTokens, ahead: 0);
                if (layer.Parameters.Softcap > 0)
                {
                    AttentionTile.Cap(scores, TKernel.Rows * BlockTokens, layer.Parameters.Softcap);
                }

                Hide(scores, row, block);
                new Span<float>(statistics, 16).Fill(float.NegativeInfinity);
                new Span<float>(statistics + 16, 2 * 16).Clear();
                TKernel.Softmax(scores, statistics, statistics + 16, statistics + 32);
                action(row, scores, statistics, statistics + 16);
            }
        }
    }

    /// <summary>Rotates and scales a panel of queries, <c>[headSize, Rows]</c>, as the layer did, or nearer to the block.</summary>
    private void Pack(float* packed, int firstRow, int block)
    {
        int headSize = layer.Parameters.HeadSize;
        float scale = layer.Parameters.EffectiveScale;
        float* rotated = stackalloc float[headSize];
        for (int r = 0; r < Math.Min(TKernel.Rows, rows.Count - firstRow); r++)
        {
            long position = rows.Position + firstRow + r;
            if (distance > 0)
            {
                position = Math.Min(position, ((firstBlock + block) * (long)BlockTokens) + distance);
            }

            fixed (float* query = &queries[(firstRow + r) * headSize])
            {
                float* source = query;
                if (layer.Rotary is not null)
                {
                    layer.Rotary.Rotate(query, rotated, headSize, position);
                    source = rotated;
                }

                for (int d = 0; d < headSize; d++)
                {
                    packed[(d * TKernel.Rows) + r] = (halfPrecision ? (float)(Half)source[d] : source[d]) * scale;
                }
            }
        }
    }

    /// <summary>Hides keys outside the range, and those before a row's window, which had no part in it.</summary>
    private void Hide(float* scores, int firstRow, int block)
    {
        int start = (firstBlock + block) * BlockTokens;
        int end = Math.Min(BlockTokens, endKey - start);
        for (int r = 0; r < TKernel.Rows; r++)
        {
            long windowStart = layer.Parameters.WindowTokens == 0 ? 0 : rows.Position + firstRow + r + 1 - layer.Parameters.WindowTokens;
            int first = (int)Math.Clamp(Math.Max(windowStart, firstKey) - start, 0, BlockTokens);
            var row = new Span<float>(scores + (r * BlockTokens), BlockTokens);
            row[..first].Fill(float.NegativeInfinity);
            row[Math.Max(end, first)..].Fill(float.NegativeInfinity);
        }
    }
}
