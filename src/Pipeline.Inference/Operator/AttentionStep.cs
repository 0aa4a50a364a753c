using System.Collections.Concurrent;
using Pipeline.Attention;

namespace Pipeline.Inference.Operator;

/// <summary>
/// What attention needs beyond its tensors while one forward pass runs: rows, block tables, scratch memory.
/// The graph carries only its number; the operator looks it up here.
/// </summary>
internal sealed class AttentionStep : IDisposable
{
    private static readonly ConcurrentDictionary<long, AttentionStep> Running = new();
    private static long lastNumber;

    internal AttentionStep(AttentionBatch batch, AttentionWorkspace workspace, int threads, long ropeLength, KernelChoice kernel = KernelChoice.Best)
    {
        Batch = batch;
        Workspace = workspace;
        Threads = threads;
        RopeLength = ropeLength;
        Kernel = kernel;
        Number = Interlocked.Increment(ref lastNumber);
        Running[Number] = this;
    }

    /// <summary>The number that the graph's batch input carries.</summary>
    internal long Number { get; }

    internal AttentionBatch Batch { get; }

    internal AttentionWorkspace Workspace { get; }

    internal int Threads { get; }

    /// <summary>Total length the document is laid out for; chooses between the rotary tables of LongRoPE models, for all of its passes alike.</summary>
    internal long RopeLength { get; }

    internal KernelChoice Kernel { get; }

    /// <summary>Told after each layer, with its queries still in place; for reading attention out.</summary>
    internal AttentionObserver? Observer { get; init; }

    internal static AttentionStep Find(long number)
        => Running.TryGetValue(number, out AttentionStep? step) ? step : throw new InvalidOperationException($"No forward pass has the number {number}.");

    public void Dispose() => Running.TryRemove(Number, out _);
}

/// <summary>Called by the operator after layer <paramref name="layerNumber"/> has run, on the calling thread.</summary>
/// <param name="layerNumber">The layer's number as the model counts.</param>
/// <param name="layer">Parameters, layout and rotary embedding of the layer.</param>
/// <param name="batch">Rows and block tables.</param>
/// <param name="tensors">The layer's tensors.</param>
/// <param name="workspace">Holds the log-sum-exp of every row and head.</param>
/// <param name="parallel">Threads to use.</param>
internal delegate void AttentionObserver(
    int layerNumber, AttentionLayer layer, AttentionBatch batch, in AttentionTensors tensors, AttentionWorkspace workspace, IParallel parallel);
