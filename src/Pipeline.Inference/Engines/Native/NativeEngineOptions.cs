using Pipeline.Attention;
using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.Engines.Native;

/// <summary>How the native engine runs.</summary>
public sealed record NativeEngineOptions
{
    /// <summary>Threads of the one pool that ONNX Runtime and attention share.</summary>
    /// <value>The machine's processors; 1 to 1,024.</value>
    public int Threads
    {
        get;
        init => field = value is >= 1 and <= 1024 ? value : throw new InferenceException($"{value} threads is out of range; use 1 to 1024.");
    } = Environment.ProcessorCount;

    /// <summary>Instruction set of the attention kernels.</summary>
    /// <value>The best of this machine.</value>
    public KernelChoice Kernel { get; init; } = KernelChoice.Best;

    /// <summary>
    /// Pads single rows like all others, so that a question alone gets the bits it gets in a batch. Slower: quantised matrix products have a faster kernel for one row.
    /// </summary>
    /// <value>Off.</value>
    public bool PadSingleRows { get; init; }

    /// <summary>Questions that decode together; more are answered in groups.</summary>
    /// <value>32; 1 to 1,024.</value>
    public int MaxBatch
    {
        get;
        init => field = value is >= 1 and <= 1024 ? value : throw new InferenceException($"A batch of {value} questions is out of range; use 1 to 1024.");
    } = 32;

    /// <summary>Keeps KV caches beyond the process; null for none.</summary>
    public IKvPersistence? Persistence { get; init; }
}
