using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>How the <c>ort</c> engine runs.</summary>
public sealed record OrtOptions
{
    /// <summary>Processor or GPU. The GPU needs a float16 or bfloat16 model and ONNX Runtime's CUDA build.</summary>
    /// <value><see cref="ExecutionProvider.Cpu"/>.</value>
    public ExecutionProvider Provider { get; init; }

    /// <summary>Which GPU.</summary>
    /// <value>0; 0 to 63.</value>
    public int DeviceId
    {
        get;
        init => field = value is >= 0 and <= 63 ? value : throw new InferenceException($"There is no GPU {value}; use 0 to 63.");
    }

    /// <summary>Threads of an operator on the processor; 0 leaves the number to ONNX Runtime (one a core).</summary>
    /// <value>0; 0 to 1,024.</value>
    public int Threads
    {
        get;
        init => field = value is >= 0 and <= 1024
            ? value
            : throw new InferenceException($"{value} threads are out of range; use 0 (one a core) to 1024.");
    }

    /// <summary>
    /// Memory for copies of the document's KV cache while questions are answered together: each question of a batch needs one. Questions that do not fit run in
    /// further batches, and one after another in the document's own cache where not even two fit.
    /// </summary>
    /// <value>2 GiB; 0 (one after another) and more.</value>
    public long BatchBytes
    {
        get;
        init => field = value >= 0 ? value : throw new InferenceException($"{value} bytes for batches make no sense; use 0 or more.");
    } = 2L << 30;

    /// <summary>Keeps KV caches beyond the process; null for none.</summary>
    /// <value>null.</value>
    public IKvPersistence? Persistence { get; init; }

    /// <summary>Layers whose queries become outputs of the graph, for evidence.</summary>
    /// <value>None.</value>
    public IReadOnlyCollection<int> QueryLayers { get; init; } = [];
}
