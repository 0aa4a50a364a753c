using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Pipeline.Attention;

namespace Pipeline.Benchmarks;

/// <summary>
/// The attention kernels alone, on one thread: 9 query heads over 3 KV heads, as the default model has. Compare with <see cref="MatMulBenchmarks"/>, ONNX Runtime's own
/// matrix product on one thread, in the same run.
/// </summary>
[Config(typeof(Settings))]
public class AttentionBenchmarks : IDisposable
{
    private const int QueryHeads = 9;
    private const int KvHeads = 3;

    private readonly AttentionWorkspace workspace = new();
    private AttentionMemory memory = null!;
    private AttentionLayer layer = null!;

    /// <summary>Floats a head.</summary>
    [Params(64, 128)]
    public int HeadSize { get; set; }

    /// <summary>Rows x sequences after a past: reading the first and a late chunk, one question decoding, and eight over the same document.</summary>
    [Params("512x1 after 0", "512x1 after 8192", "1x1 after 8192", "1x8 after 8192")]
    public string Shape { get; set; } = string.Empty;

    /// <summary>Instruction set.</summary>
    [ParamsSource(nameof(Kernels))]
    public KernelChoice Kernel { get; set; }

    /// <summary>What this machine has; the scalar kernel is a reference and takes minutes.</summary>
    public static IEnumerable<KernelChoice> Kernels =>
        new[] { KernelChoice.Vector128, KernelChoice.Vector256, KernelChoice.Avx512 }.Where(KernelChoices.IsSupported);

    /// <summary>Allocates.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var (rows, sequences, past) = Parse(Shape);
        var parameters = new AttentionParameters { QueryHeads = QueryHeads, KvHeads = KvHeads, HeadSize = HeadSize };
        memory = new AttentionMemory(parameters, past, rows, sequences);
        layer = new AttentionLayer(parameters, memory.Layout, rotary: null, sinks: [], Kernel);
    }

    /// <summary>Frees.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        memory.Dispose();
        workspace.Dispose();
    }

    /// <summary>Stores the new rows' keys and values, and attends.</summary>
    [Benchmark]
    public void Attend() => layer.Run(memory.Batch, memory.Tensors, workspace, SerialParallel.Instance);

    internal static double Operations(int headSize, string shape)
    {
        var (rows, sequences, past) = Parse(shape);
        var pairs = sequences * (((double)rows * past) + (rows * (rows + 1.0) / 2));
        return 4.0 * QueryHeads * headSize * pairs;
    }

    private static (int Rows, int Sequences, int Past) Parse(string shape)
    {
        var parts = shape.Split('x', ' ');
        return (int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture),
            int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture),
            int.Parse(parts[3], System.Globalization.CultureInfo.InvariantCulture));
    }

    private sealed class Settings : ManualConfig
    {
        public Settings() => AddColumn(new GflopsColumn());
    }
}
