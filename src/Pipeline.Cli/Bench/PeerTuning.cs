using Pipeline.Inference;
using Pipeline.Inference.Engines;

namespace Pipeline.Cli.Bench;

/// <summary>Finds a peer's best settings on this machine, so that nobody is compared with a peer held back.</summary>
internal sealed class PeerTuning(BenchPlan plan, Action<string> tell)
{
    private const int TuningTokens = 2048;
    private static readonly int[] ChunkSizes = [256, 512, 1024, 2048];

    /// <summary>Tries chunk sizes, and for GenAI spinning and sleeping threads; our own engine keeps its defaults.</summary>
    /// <returns>The settings of the shortest time to read a document and decode an answer.</returns>
    internal async Task<EngineSettings> FindAsync(string name, CancellationToken cancellation)
    {
        var best = new EngineSettings(plan.Engine(name, spinning: true), new Pipeline.Inference.Engines.ReadOptions().ChunkTokens);
        if (name is "native")
        {
            return best;
        }

        var tokens = Math.Min(plan.Tokens[^1], TuningTokens);
        var shortest = double.PositiveInfinity;
        foreach (var spinning in name is "genai" ? [true, false] : new[] { true })
        {
            var engine = plan.Engine(name, spinning);
            using var worker = await WorkerProcess.StartAsync(name, plan.WorkerArguments(engine), cancellation);
            foreach (var chunk in ChunkSizes.Where(c => c <= tokens).DefaultIfEmpty(ChunkSizes[0]))
            {
                var order = new BenchOrder(BenchOrder.Read, tokens, chunk);
                var first = await worker.MeasureAsync(order, cancellation);
                var second = await worker.MeasureAsync(order, cancellation);
                var seconds = Math.Min(Seconds(first), Seconds(second));
                tell($"{name}, chunks of {chunk}{(name is "genai" ? spinning ? ", spinning" : ", not spinning" : string.Empty)}: {tokens / Math.Min(first.ReadSeconds, second.ReadSeconds):F0} tokens/s");
                if (seconds < shortest)
                {
                    shortest = seconds;
                    best = new EngineSettings(engine, chunk);
                }
            }
        }

        return best;
    }

    private static double Seconds(BenchMeasurement measurement) => measurement.ReadSeconds + measurement.DecodeSeconds;
}

/// <summary>An engine with the chunk size it reads with.</summary>
internal sealed record EngineSettings(EngineSelection Engine, int ChunkTokens)
{
    public override string ToString() =>
        $"chunks of {ChunkTokens}" + (Engine.Name is "genai" ? Engine.Spinning is true ? ", threads spin" : ", threads do not spin" : string.Empty);
}
