using Pipeline.Inference.Engines;

namespace Pipeline.Cli.Bench;

/// <summary>What the bench ran on, in words.</summary>
internal static class BenchDevice
{
    internal static string Name(ExecutionProvider provider, int threads)
    {
        var cpu = $"{Processor()}, {(threads == 0 ? Environment.ProcessorCount : threads)} threads";
        return provider == ExecutionProvider.Cuda ? $"CUDA GPU ({cpu})" : cpu;
    }

    private static string Processor()
    {
        const string Field = "model name";
        var name = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal))
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        return name is null ? "unknown processor" : name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
