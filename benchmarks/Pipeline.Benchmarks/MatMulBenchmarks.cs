using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Pipeline.Inference.Measurement;

namespace Pipeline.Benchmarks;

/// <summary>ONNX Runtime's own float32 matrix product on one thread: the yardstick.</summary>
[Config(typeof(Settings))]
public class MatMulBenchmarks : IDisposable
{
    private MatMulRate rate = null!;

    internal static double Operations => MatMulRate.OperationsOfOne;

    /// <summary>Loads the graph.</summary>
    [GlobalSetup]
    public void Setup() => rate = new MatMulRate(1);

    /// <summary>Unloads it.</summary>
    [GlobalCleanup]
    public void Dispose() => rate.Dispose();

    /// <summary>[512, 2048] x [2048, 2048].</summary>
    [Benchmark]
    public void MatMul() => rate.RunOnce();

    private sealed class Settings : ManualConfig
    {
        public Settings() => AddColumn(new GflopsColumn());
    }
}
