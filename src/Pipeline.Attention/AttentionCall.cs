using Pipeline.Attention.Kernels;

namespace Pipeline.Attention;

/// <summary>
/// One run of an <see cref="AttentionLayer"/>: its plan (tiles, splits) and what its threads share. Kept by the workspace and prepared anew for
/// each run, so that a run allocates nothing.
/// </summary>
internal sealed unsafe class AttentionCall
{
    /// <summary>Query rows of a tile: its panels stay in the second-level cache while keys and values stream by.</summary>
    internal const int TileRows = 96;

    private const int RowsPerStore = 32;

    private readonly AttentionWorkspace workspace;
    private readonly Action<int> work;
    private readonly Action<int> store;
    private int threads;
    private int tileTokens;
    private int tiles;
    private int splits;
    private int items;
    private bool isSplit;
    private int taken;

    internal AttentionCall(AttentionWorkspace workspace)
    {
        this.workspace = workspace;
        work = Work;
        store = i => Store(i * RowsPerStore, Math.Min(Batch.Rows, (i + 1) * RowsPerStore));
    }

    internal AttentionLayer Layer { get; private set; } = null!;

    internal AttentionBatch Batch { get; private set; } = null!;

    internal AttentionTensors Tensors { get; private set; }

    /// <summary>Query heads per KV head.</summary>
    internal int Group { get; private set; }

    /// <summary>Floats per row of values and outputs.</summary>
    internal int Stride { get; private set; }

    /// <summary>Floats of one tile's partial result: maxima, sums, outputs.</summary>
    private long PartialFloats => (long)tileTokens * Group * (2 + Stride);

    /// <summary>Plans a run.</summary>
    internal void Prepare(AttentionLayer layer, AttentionBatch batch, in AttentionTensors tensors, int threadCount)
    {
        Layer = layer;
        Batch = batch;
        Tensors = tensors;
        threads = threadCount;
        taken = 0;
        Group = layer.Parameters.GroupSize;
        Stride = layer.Layout.ValueStride;

        // Rows are cut into tiles; and keys into splits, where tiles alone would leave threads idle.
        tileTokens = Math.Max(1, TileRows / Group);
        tiles = (batch.Rows + tileTokens - 1) / tileTokens;
        long longest = 0;
        foreach (SequenceRows sequence in batch.Sequences)
        {
            longest = Math.Max(longest, sequence.Position + sequence.Count);
        }

        splits = (int)((longest + AttentionLayer.SplitTokens - 1) / AttentionLayer.SplitTokens);
        int whole = layer.Layout.KvHeads * tiles;
        isSplit = threads > 1 && splits > 1 && whole < 4 * threads;
        items = isSplit ? whole * splits : whole;
        workspace.Reserve(
            threads, tileTokens * Group, layer.Layout.HeadSize, Stride, isSplit ? items * PartialFloats : 0, (long)batch.Rows * layer.Parameters.QueryHeads);
    }

    /// <summary>Rotates the new rows' keys and puts keys and values into their blocks.</summary>
    internal void StoreKeysAndValues(IParallel parallel)
    {
        if (Batch.Rows <= RowsPerStore || threads == 1)
        {
            Store(0, Batch.Rows);
        }
        else
        {
            parallel.For((Batch.Rows + RowsPerStore - 1) / RowsPerStore, store);
        }
    }

    /// <summary>Computes the output of all rows, and zeros for the padding.</summary>
    internal void Attend(IParallel parallel)
    {
        // Items differ in cost; a thread takes the next when it is done, the last tiles (the longest under the causal mask) first.
        int workers = Math.Min(threads, items);
        if (workers > 1)
        {
            parallel.For(workers, work);
        }
        else if (workers == 1)
        {
            Work(0);
        }

        if (isSplit)
        {
            Fold();
        }

        for (int row = Batch.Rows; row < Batch.PaddedRows; row++)
        {
            new Span<float>(Tensors.Output + (row * Tensors.OutputStride), Layer.Parameters.QueryHeads * Layer.Parameters.HeadSize).Clear();
        }
    }

    /// <summary>First key that the query at <paramref name="position"/> sees.</summary>
    internal long FirstKey(long position) => Layer.Parameters.WindowTokens == 0 ? 0 : Math.Max(0, position + 1 - Layer.Parameters.WindowTokens);

    /// <summary>Address of the block that holds keys 64 x <paramref name="index"/> and on for <paramref name="row"/>; 0 if its sequence ends before.</summary>
    internal nint BlockOf(int row, int index)
    {
        SequenceRows sequence = Batch.Sequences[Batch.RowSequence[row]];
        return (long)index * KvLayout.BlockTokens < sequence.Position + sequence.Count ? sequence.Blocks[index] : 0;
    }

    /// <summary>Adds the sinks, divides by the sums, and writes output and log-sum-exp of a tile's rows.</summary>
    internal void Write(int kvHead, int firstRow, int rows, float* max, float* sum, float* output)
    {
        int headSize = Layer.Parameters.HeadSize;
        for (int r = 0; r < rows; r++)
        {
            int row = firstRow + (r / Group);
            int head = (kvHead * Group) + (r % Group);
            float m = max[r], l = sum[r], factor = 1;
            if (Layer.Sinks is not null)
            {
                // A sink is one more key with a score and no value.
                float sink = Layer.Sinks[head], highest = MathF.Max(m, sink);
                factor = Exponential.Exp(m - highest);
                l = (l * factor) + Exponential.Exp(sink - highest);
                m = highest;
            }

            float* from = output + ((long)r * Stride);
            float* to = Tensors.Output + (row * Tensors.OutputStride) + ((long)head * headSize);
            float scale = factor / l;
            for (int d = 0; d < headSize; d++)
            {
                to[d] = from[d] * scale;
            }

            workspace.LogSumExp[((long)row * Layer.Parameters.QueryHeads) + head] = m + MathF.Log(l);
        }
    }

    private void Store(int firstRow, int endRow)
    {
        KvLayout layout = Layer.Layout;
        float* rotated = stackalloc float[layout.HeadSize];
        for (int row = firstRow; row < endRow; row++)
        {
            long position = Batch.RowPosition[row];
            float* block = (float*)Batch.Sequences[Batch.RowSequence[row]].Blocks[position / KvLayout.BlockTokens];
            int slot = (int)(position % KvLayout.BlockTokens);
            for (int head = 0; head < layout.KvHeads; head++)
            {
                float* key = Tensors.Keys + (row * Tensors.KeyStride) + ((long)head * layout.HeadSize);
                if (Layer.Rotary is not null)
                {
                    Layer.Rotary.Rotate(key, rotated, layout.HeadSize, position);
                    key = rotated;
                }

                float* keys = block + layout.Keys(head) + slot;
                for (int d = 0; d < layout.HeadSize; d++)
                {
                    keys[d * KvLayout.BlockTokens] = Tensors.Round(key[d]);
                }

                float* value = Tensors.Values + (row * Tensors.ValueStride) + ((long)head * layout.HeadSize);
                float* values = block + layout.Values(head) + ((long)slot * Stride);
                new ReadOnlySpan<float>(value, layout.HeadSize).CopyTo(new Span<float>(values, layout.HeadSize));
            }
        }
    }

    private void Work(int thread)
    {
        switch (Layer.Kernel)
        {
            case KernelChoice.Avx512: Work<Avx512WideKernel, Avx512NarrowKernel>(thread); break;
            case KernelChoice.Vector256: Work<Vector256WideKernel, Vector256NarrowKernel>(thread); break;
            case KernelChoice.Vector128: Work<Vector128Kernel, Vector128Kernel>(thread); break;
            default: Work<ScalarKernel, ScalarKernel>(thread); break;
        }
    }

    private void Work<TWide, TNarrow>(int thread)
        where TWide : struct, IBlockKernel
        where TNarrow : struct, IBlockKernel
    {
        int kvHeads = Layer.Layout.KvHeads;
        for (int item = items - Interlocked.Increment(ref taken); item >= 0; item = items - Interlocked.Increment(ref taken))
        {
            int firstRow = item / kvHeads % tiles * tileTokens;
            int tokens = Math.Min(tileTokens, Batch.Rows - firstRow);
            var tile = new AttentionTile(this, item % kvHeads, firstRow, tokens, workspace.Scratch(thread));
            int? split = isSplit ? item / (kvHeads * tiles) : null;
            float* partial = isSplit ? workspace.Partials + (item * PartialFloats) : null;
            if (tokens * Group <= TNarrow.Rows)
            {
                tile.Run<TNarrow>(split, partial);
            }
            else
            {
                tile.Run<TWide>(split, partial);
            }
        }
    }

    /// <summary>Folds the splits' partial results in ascending order.</summary>
    private void Fold()
    {
        int kvHeads = Layer.Layout.KvHeads;
        long tileRows = tileTokens * Group;
        for (int tile = 0; tile < tiles; tile++)
        {
            int firstRow = tile * tileTokens;
            int rows = Math.Min(tileTokens, Batch.Rows - firstRow) * Group;
            for (int head = 0; head < kvHeads; head++)
            {
                float* total = workspace.Partials + (((tile * kvHeads) + head) * PartialFloats);
                for (int split = 1; split < splits; split++)
                {
                    float* part = total + ((long)split * tiles * kvHeads * PartialFloats);
                    PartialAttention.Fold(total, total + tileRows, total + (2 * tileRows), part, part + tileRows, part + (2 * tileRows), rows, Stride);
                }

                Write(head, firstRow, rows, total, total + tileRows, total + (2 * tileRows));
            }
        }
    }
}
