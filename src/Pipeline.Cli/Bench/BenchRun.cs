using Pipeline.Inference.Engines;
using Pipeline.Inference.Measurement;

namespace Pipeline.Cli.Bench;

/// <summary>
/// Measures engines side by side: each in its own process, all loaded and warmed up, taking turns, so that a machine that slows down slows all of them; medians.
/// </summary>
internal sealed class BenchRun(BenchPlan plan, Action<string> tell)
{
    private readonly List<(EngineSettings Settings, WorkerProcess Worker)> engines = [];
    private readonly List<double> gflops = [];

    /// <exception cref="Inference.InferenceException">An engine can't run; the message names it.</exception>
    internal async Task<BenchReport> RunAsync(CancellationToken cancellation)
    {
        try
        {
            using var matMul = await WorkerProcess.StartAsync(BenchOrder.MatMul, plan.WorkerArguments(null), cancellation);
            foreach (var name in plan.Engines)
            {
                var settings = await new PeerTuning(plan, tell).FindAsync(name, cancellation);
                engines.Add((settings, await WorkerProcess.StartAsync(name, plan.WorkerArguments(settings.Engine), cancellation)));
            }

            var cost = DecoderCost.Of(plan.Folder);
            var results = new List<(BenchResult Result, double ReadSeconds)>();
            foreach (var tokens in plan.Tokens)
            {
                results.AddRange(await MeasureAsync(tokens, matMul, cancellation));
            }

            var sgemm = Median(gflops);
            var growth = cost is null ? [] : results.GroupBy(r => r.Result.Engine, StringComparer.Ordinal)
                .Select(g => BenchGrowth.Fit(g.Key, [.. g.Select(r => (r.Result.Tokens, r.ReadSeconds))], cost.AttentionPerTokenSquared))
                .OfType<BenchGrowth>();
            return new BenchReport(
                plan.Folder.Name,
                BenchDevice.Name(plan.Provider, plan.Threads),
                Math.Round(sgemm, 1),
                [.. results.Select(r => plan.Provider == ExecutionProvider.Cuda || cost is null
                    ? r.Result
                    : r.Result with { PercentOfSgemm = Math.Round(cost.Reading(r.Result.Tokens) / r.ReadSeconds / 1e9 / sgemm * 100, 1) })],
                [.. growth]);
        }
        finally
        {
            engines.ForEach(e => e.Worker.Dispose());
        }
    }

    private async Task<IEnumerable<(BenchResult Result, double ReadSeconds)>> MeasureAsync(int tokens, WorkerProcess matMul, CancellationToken cancellation)
    {
        var rounds = engines.ToDictionary(e => e.Settings, _ => new List<BenchMeasurement>());
        var peaks = new Dictionary<EngineSettings, long?>();
        for (var round = 0; round <= plan.RepeatsOf(tokens); round++)
        {
            gflops.Add((await matMul.MeasureAsync(new BenchOrder(BenchOrder.MatMul), cancellation)).Gflops);
            foreach (var (settings, worker) in engines)
            {
                var order = new BenchOrder(BenchOrder.Read, tokens, settings.ChunkTokens, plan.Questions, plan.AnswerTokens);
                var measured = await worker.MeasureAsync(order, cancellation);
                if (round == 0)
                {
                    // The first time at a length warms up and is not counted, but shows what memory it takes.
                    peaks[settings] = measured.PeakBytes;
                    continue;
                }

                rounds[settings].Add(measured);
                tell($"{settings.Engine.Name}, {tokens:N0} tokens, {round} of {plan.RepeatsOf(tokens)}: {tokens / measured.ReadSeconds:F0} tokens/s");
            }
        }

        return rounds.Select(r => (Result(r.Key, tokens, r.Value, peaks[r.Key]), Median(r.Value.Select(m => m.ReadSeconds))));
    }

    private BenchResult Result(EngineSettings settings, int tokens, List<BenchMeasurement> rounds, long? peak) => new(
        settings.Engine.Name,
        settings.ToString(),
        tokens,
        Math.Round(tokens / Median(rounds.Select(m => m.ReadSeconds)), 1),
        Math.Round(Median(rounds.Select(m => m.DecodeTokens / m.DecodeSeconds)), 2),
        plan.Questions,
        plan.Questions == 0 ? 0 : Math.Round(Median(rounds.Select(m => m.AnswerTokens / m.AnswerSeconds)), 2),
        peak,
        null,
        rounds.Count);

    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
