using Pipeline.Attention.Kernels;

namespace Pipeline.Attention;

/// <summary>
/// A tile: some tokens x the query heads of one KV head, packed into panels of the kernel's height, against blocks of keys and values.
/// Row <c>r</c> of the tile is token <c>r / group</c>, query head <c>kvHead * group + r % group</c>.
/// </summary>
internal readonly unsafe ref struct AttentionTile(AttentionCall call, int kvHead, int firstRow, int tokens, AttentionWorkspace.ThreadScratch scratch)
{
    private readonly int rows = tokens * call.Group;

    /// <summary>Attends over one split, leaving its partial result; or over all of them, writing the output.</summary>
    /// <param name="split">The split, or null for all.</param>
    /// <param name="partial">Where the partial result of a single split goes: maxima, sums, outputs of a full tile.</param>
    internal void Run<TKernel>(int? split, float* partial)
        where TKernel : struct, IBlockKernel
    {
        int panels = (rows + TKernel.Rows - 1) / TKernel.Rows;
        (long lowest, long highest) = PackQueries<TKernel>(panels);
        if (split is { } only)
        {
            long tileRows = Math.Max(1, AttentionCall.TileRows / call.Group) * call.Group;
            Attend<TKernel>(only, panels);
            Unpanel<TKernel>(partial, partial + tileRows, partial + (2 * tileRows));
            return;
        }

        new Span<float>(scratch.TotalMax, rows).Fill(float.NegativeInfinity);
        for (int s = (int)(lowest / AttentionLayer.SplitTokens); (long)s * AttentionLayer.SplitTokens < highest; s++)
        {
            Attend<TKernel>(s, panels);
            Unpanel<TKernel>(scratch.PartMax, scratch.PartSum, scratch.PartOutput);
            PartialAttention.Fold(
                scratch.TotalMax, scratch.TotalSum, scratch.TotalOutput, scratch.PartMax, scratch.PartSum, scratch.PartOutput, rows, call.Stride);
        }

        call.Write(kvHead, firstRow, rows, scratch.TotalMax, scratch.TotalSum, scratch.TotalOutput);
    }

    /// <summary>
    /// Rotates and scales the queries into panels <c>[panel][headSize, Rows]</c> and notes which keys each row sees; rows beyond the tile are zero and see none.
    /// </summary>
    /// <returns>The first key any row sees, and one past the last.</returns>
    private (long Lowest, long Highest) PackQueries<TKernel>(int panels)
        where TKernel : struct, IBlockKernel
    {
        AttentionParameters parameters = call.Layer.Parameters;
        int headSize = parameters.HeadSize;
        float scale = parameters.EffectiveScale;
        float* rotated = stackalloc float[headSize];
        long lowest = long.MaxValue, highest = 0;
        for (int r = 0; r < panels * TKernel.Rows; r++)
        {
            float* to = scratch.Queries + ((long)(r / TKernel.Rows) * headSize * TKernel.Rows) + (r % TKernel.Rows);
            if (r >= rows)
            {
                scratch.RowStart[r] = scratch.RowEnd[r] = 0;
                for (int d = 0; d < headSize; d++)
                {
                    to[d * TKernel.Rows] = 0;
                }

                continue;
            }

            int row = firstRow + (r / call.Group);
            long position = call.Batch.RowPosition[row];
            scratch.RowStart[r] = call.FirstKey(position);
            scratch.RowEnd[r] = position + 1;
            lowest = Math.Min(lowest, scratch.RowStart[r]);
            highest = Math.Max(highest, position + 1);

            int head = (kvHead * call.Group) + (r % call.Group);
            float* query = call.Tensors.Queries + (row * call.Tensors.QueryStride) + ((long)head * headSize);
            if (call.Layer.Rotary is not null)
            {
                call.Layer.Rotary.Rotate(query, rotated, headSize, position);
                query = rotated;
            }

            for (int d = 0; d < headSize; d++)
            {
                to[d * TKernel.Rows] = call.Tensors.Round(query[d]) * scale;
            }
        }

        return (lowest, highest);
    }

    /// <summary>Panels against the blocks of one split, from an empty partial result.</summary>
    private void Attend<TKernel>(int split, int panels)
        where TKernel : struct, IBlockKernel
    {
        new Span<float>(scratch.PanelMax, panels * 16).Fill(float.NegativeInfinity);
        new Span<float>(scratch.PanelSum, panels * 16).Clear();
        new Span<float>(scratch.PanelOutput, panels * TKernel.Rows * call.Stride).Clear();
        for (int index = split * AttentionLayer.SplitBlocks; index < (split + 1) * AttentionLayer.SplitBlocks; index++)
        {
            for (int token = 0; token < tokens;)
            {
                // Tokens whose sequences share this physical block go together; it is read once for all of them.
                nint block = call.BlockOf(firstRow + token, index);
                int end = token + 1;
                while (end < tokens && call.BlockOf(firstRow + end, index) == block)
                {
                    end++;
                }

                if (block != 0)
                {
                    nint next = call.BlockOf(firstRow + token, index + 1);
                    AttendBlock<TKernel>((float*)block, (long)index * KvLayout.BlockTokens, token * call.Group, end * call.Group, next == 0 ? 0 : next - block);
                }

                token = end;
            }
        }
    }

    /// <summary>Rows <paramref name="runStart"/> to <paramref name="runEnd"/> against one block; other rows of their panels are masked, which leaves them as they are. The block <paramref name="ahead"/> bytes on is fetched meanwhile.</summary>
    private void AttendBlock<TKernel>(float* block, long firstKey, int runStart, int runEnd, nint ahead)
        where TKernel : struct, IBlockKernel
    {
        KvLayout layout = call.Layer.Layout;
        float* keys = block + layout.Keys(kvHead);
        float* values = block + layout.Values(kvHead);
        float* alpha = stackalloc float[16];
        for (int panel = runStart / TKernel.Rows; panel * TKernel.Rows < runEnd; panel++)
        {
            int start = panel * TKernel.Rows;
            (int keyCount, bool masked) = Visible(start, start + TKernel.Rows, firstKey, runStart, runEnd);
            if (keyCount == 0)
            {
                continue;
            }

            float* scores = scratch.Scores;
            TKernel.Scores(scratch.Queries + ((long)start * layout.HeadSize), keys, scores, layout.HeadSize, keyCount, ahead);
            if (call.Layer.Parameters.Softcap > 0)
            {
                Cap(scores, TKernel.Rows * KvLayout.BlockTokens, call.Layer.Parameters.Softcap);
            }

            if (masked)
            {
                Mask(scores, start, start + TKernel.Rows, firstKey, runStart, runEnd);
            }

            TKernel.Softmax(scores, scratch.PanelMax + (panel * 16), scratch.PanelSum + (panel * 16), alpha);
            TKernel.Accumulate(scores, values, scratch.PanelOutput + ((long)start * call.Stride), call.Stride, keyCount, alpha, ahead);
            ahead = 0; // the first panel fetches it for all
        }
    }

    /// <summary>How many leading keys of the block any row of the panel sees, and whether some row misses one of the 64.</summary>
    private (int KeyCount, bool Masked) Visible(int start, int end, long firstKey, int runStart, int runEnd)
    {
        int keyCount = 0;
        bool masked = start < runStart || end > runEnd;
        for (int r = Math.Max(start, runStart); r < Math.Min(end, runEnd); r++)
        {
            if (scratch.RowStart[r] <= firstKey && scratch.RowEnd[r] >= firstKey + KvLayout.BlockTokens)
            {
                keyCount = KvLayout.BlockTokens;
                continue;
            }

            masked = true;
            if (scratch.RowStart[r] < firstKey + KvLayout.BlockTokens && scratch.RowEnd[r] > firstKey)
            {
                keyCount = Math.Max(keyCount, (int)Math.Min(KvLayout.BlockTokens, scratch.RowEnd[r] - firstKey));
            }
        }

        return (keyCount, masked);
    }

    private void Mask(float* scores, int start, int end, long firstKey, int runStart, int runEnd)
    {
        for (int r = start; r < end; r++)
        {
            bool inRun = r >= runStart && r < runEnd;
            int high = inRun ? (int)Math.Clamp(scratch.RowEnd[r] - firstKey, 0, KvLayout.BlockTokens) : 0;
            int low = inRun ? (int)Math.Clamp(scratch.RowStart[r] - firstKey, 0, high) : 0;
            float* s = scores + ((r - start) * KvLayout.BlockTokens);
            new Span<float>(s, low).Fill(float.NegativeInfinity);
            new Span<float>(s + high, KvLayout.BlockTokens - high).Fill(float.NegativeInfinity);
        }
    }

    /// <summary>Panels to plain rows.</summary>
    private void Unpanel<TKernel>(float* max, float* sum, float* output)
        where TKernel : struct, IBlockKernel
    {
        for (int r = 0; r < rows; r++)
        {
            max[r] = scratch.PanelMax[(r / TKernel.Rows * 16) + (r % TKernel.Rows)];
            sum[r] = scratch.PanelSum[(r / TKernel.Rows * 16) + (r % TKernel.Rows)];
        }

        new ReadOnlySpan<float>(scratch.PanelOutput, rows * call.Stride).CopyTo(new Span<float>(output, rows * call.Stride));
    }

    /// <summary>Gemma 2's bound on scores.</summary>
    internal static void Cap(float* scores, int count, float softcap)
    {
        for (int i = 0; i < count; i++)
        {
            scores[i] = softcap * MathF.Tanh(scores[i] / softcap);
        }
    }
}
