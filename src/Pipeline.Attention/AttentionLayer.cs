using Pipeline.Attention.Kernels;

namespace Pipeline.Attention;

/// <summary>
/// One attention layer over paged keys and values: rotates and stores the new rows' keys and values, then attends, exactly.
/// <para>
/// A row's result is a function of its query and of the KV blocks alone. Keys are taken in blocks of <see cref="KvLayout.BlockTokens"/> by online softmax;
/// every <see cref="SplitTokens"/> keys a partial result (max, sum, output) is closed and folded into the result in ascending order
/// (log-sum-exp merge, FlashInfer's cascade, arXiv 2501.01005). Whether one thread walks all splits of a row (prefill) or
/// several take one each (decode, "split-KV"), the operations and their order are the same, and so are the bits.
/// </para>
/// </summary>
public sealed class AttentionLayer
{
    /// <summary>Keys of a split. Fixed size, not fixed number: the order of sums must not depend on the number of threads.</summary>
    public const int SplitTokens = 512;

    internal const int SplitBlocks = SplitTokens / KvLayout.BlockTokens;

    /// <summary>Creates the layer.</summary>
    /// <param name="parameters">What to compute.</param>
    /// <param name="layout">Where keys and values lie in a block.</param>
    /// <param name="rotary">Rotary embedding, or null for none (NoPE).</param>
    /// <param name="sinks">Attention sinks, <c>[queryHeads]</c>: a logit per head that takes probability but has no value (gpt-oss); or null.</param>
    /// <param name="kernel">Instruction set; the best one of this machine by default.</param>
    /// <exception cref="NotSupportedException">A parameter is outside what the kernels do.</exception>
    public AttentionLayer(AttentionParameters parameters, KvLayout layout, RotaryEmbedding? rotary, ReadOnlySpan<float> sinks, KernelChoice kernel = KernelChoice.Best)
    {
        parameters.Validate();
        if (layout.HeadSize != parameters.HeadSize || layout.KvHeads != parameters.KvHeads)
        {
            throw new ArgumentException($"KV layout of {layout.KvHeads} heads x {layout.HeadSize} for a layer of {parameters.KvHeads} x {parameters.HeadSize}.", nameof(layout));
        }

        if (rotary is not null && 2 * rotary.Pairs > parameters.HeadSize)
        {
            throw new NotSupportedException($"Rotary tables rotate {2 * rotary.Pairs} floats of a head of {parameters.HeadSize}.");
        }

        if (!sinks.IsEmpty && sinks.Length != parameters.QueryHeads)
        {
            throw new NotSupportedException($"{sinks.Length} attention sinks for {parameters.QueryHeads} query heads.");
        }

        Parameters = parameters;
        Layout = layout;
        Rotary = rotary;
        Sinks = sinks.IsEmpty ? null : sinks.ToArray();
        Kernel = KernelChoices.Resolve(kernel);
    }

    /// <summary>What is computed.</summary>
    public AttentionParameters Parameters { get; }

    /// <summary>Where keys and values lie in a block.</summary>
    public KvLayout Layout { get; }

    /// <summary>The instruction set in use.</summary>
    public KernelChoice Kernel { get; }

    internal RotaryEmbedding? Rotary { get; }

    internal float[]? Sinks { get; } // [queryHeads]

    /// <summary>Stores the new rows' keys and values and attends.</summary>
    /// <param name="batch">Rows and their block tables.</param>
    /// <param name="tensors">Queries, keys, values in; attention output out.</param>
    /// <param name="workspace">Scratch memory, reused between calls; one call at a time.</param>
    /// <param name="parallel">Threads.</param>
    public void Run(AttentionBatch batch, in AttentionTensors tensors, AttentionWorkspace workspace, IParallel parallel)
    {
        if (Rotary is not null)
        {
            foreach (SequenceRows sequence in batch.Sequences)
            {
                if (sequence.Position + sequence.Count > Rotary.Positions)
                {
                    throw new InvalidOperationException($"Position {sequence.Position + sequence.Count - 1} lies beyond the rotary tables' {Rotary.Positions} positions.");
                }
            }
        }

        AttentionCall call = workspace.Call;
        call.Prepare(this, batch, tensors, parallel.Threads);
        call.StoreKeysAndValues(parallel);
        call.Attend(parallel);
    }
}
