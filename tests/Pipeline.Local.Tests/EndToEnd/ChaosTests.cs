using Pipeline.Local.Tests.Harness;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Local.Tests.EndToEnd;

/// <summary>
/// Everything but the storage is killed, stopped or cut off at random; what comes out must be what an undisturbed run gives.
/// The seed is in the failure message. A longer campaign runs where PIPELINE_LONG_TESTS is 1.
/// </summary>
[Collection(EndToEndCollection.Name)]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1";

    [Fact]
    public async Task Results_are_those_of_an_undisturbed_run()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Processes are found and stopped through /proc and signals of Linux.");
        var plan = Long ? new Plan(Documents: 20, Sentences: 110, Kills: 30, StorageRestarts: 2, Faults: 0.02, Pause: TimeSpan.FromSeconds(3)) : new Plan(4, 60, 5, 1, 0.01, TimeSpan.FromSeconds(1.5));
        var seed = int.Parse(Environment.GetEnvironmentVariable("PIPELINE_CHAOS_SEED") ?? "20261124", System.Globalization.CultureInfo.InvariantCulture);
        var expected = await RunUndisturbedAsync(plan);

        await using var setup = await PipelineSetup.CreateAsync(workers: 2, seed);
        await UploadAsync(setup, plan);
        foreach (var proxy in setup.Proxies) proxy.FaultRate = plan.Faults;
        setup.Run.Start();
        var counts = await DisturbAsync(setup, plan, new Random(seed));
        foreach (var proxy in setup.Proxies) proxy.FaultRate = 0;
        await Outcome.DoneAsync(setup.Storage, TimeSpan.FromMinutes(Long ? 8 : 3));
        await Outcome.EmptiedAsync(setup.Storage);

        var actual = await Outcome.ResultsAsync(setup.Storage);
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (document, result) in expected) Assert.True(result == actual[document], $"Seed {seed}: {document} became\n{actual[document]}\ninstead of\n{result}");
        var events = await Outcome.EventsAsync(setup.Storage);
        Assert.Equal(plan.Documents, events.Select(e => e.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.All(events, e => Assert.Equal(AnalysisState.Succeeded, e.Data.State));
        AssertNothingFinishedWasComputedAgain(setup, plan);
        output.WriteLine($"Seed {seed}: {counts}; {setup.Requests:N0} storage requests, {events.Count} events for {plan.Documents} documents, {await Outcome.ReusedTokensAsync(setup.Storage):N0} document tokens from the KV store.");
    }

    private static async Task<SortedDictionary<string, string>> RunUndisturbedAsync(Plan plan)
    {
        await using var setup = await PipelineSetup.CreateAsync(workers: 1);
        await UploadAsync(setup, plan);
        setup.Run.Start();
        await Outcome.DoneAsync(setup.Storage, TimeSpan.FromMinutes(4));
        return await Outcome.ResultsAsync(setup.Storage);
    }

    private static async Task UploadAsync(PipelineSetup setup, Plan plan)
    {
        for (var i = 0; i < plan.Documents; i++) await Documents.UploadAsync(setup.Storage, $"d{i:00}.md", Documents.Text(i, plan.Sentences + (i * 3)));
    }

    private static async Task<Counts> DisturbAsync(PipelineSetup setup, Plan plan, Random random)
    {
        var counts = new Counts();
        var storageRestarts = Enumerable.Range(1, plan.StorageRestarts).Select(i => i * plan.Kills / (plan.StorageRestarts + 1)).ToHashSet();
        for (var kill = 0; kill < plan.Kills; kill++)
        {
            await Task.Delay(plan.Pause * (0.3 + (1.4 * random.NextDouble())));
            if (storageRestarts.Contains(kill))
            {
                await setup.RestartStorageAsync();
                counts.StorageRestarts++;
            }

            if (kill == plan.Kills / 2) await StopWorkerAsync(setup, counts);
            switch (random.Next(5))
            {
                case 0 or 1:
                    var workers = await ChildrenAsync(setup, "Pipeline.Worker");
                    var victim = workers[random.Next(workers.Count)];
                    var cache = LocalProcess.Variable(victim, "Worker__CacheFolder");
                    LocalProcess.Kill(victim);
                    // The replacement of a container has an empty disk.
                    if (cache is not null) TryDelete(cache);
                    counts.Workers++;
                    break;
                case 2 or 3:
                    LocalProcess.Kill((await ChildrenAsync(setup, "Handler"))[0]);
                    counts.Handlers++;
                    break;
                default:
                    await setup.Run.KillAsync();
                    setup.Run.Start();
                    counts.Hosts++;
                    break;
            }
        }

        return counts;
    }

    private static async Task<IReadOnlyList<int>> ChildrenAsync(PipelineSetup setup, string name)
    {
        await PathTests.WaitAsync(() => Task.FromResult(setup.Run.Children(name).Count > 0));
        return setup.Run.Children(name);
    }

    /// <summary>Longer than a message is invisible and a lease lasts: another worker takes over, and this one must notice.</summary>
    private static async Task StopWorkerAsync(PipelineSetup setup, Counts counts)
    {
        var worker = (await ChildrenAsync(setup, "Pipeline.Worker"))[0];
        LocalProcess.Stop(worker);
        await Task.Delay(TimeSpan.FromSeconds(17));
        LocalProcess.Continue(worker);
        counts.Stops++;
    }

    /// <summary>Each answer was written once; what was computed twice had not been written before.</summary>
    private static void AssertNothingFinishedWasComputedAgain(PipelineSetup setup, Plan plan)
    {
        var log = setup.WorkerLog();
        var written = log.Where(l => l.Contains("written: True", StringComparison.Ordinal)).Select(PathTests.Question).ToList();
        Assert.Equal(written.Count, written.Distinct(StringComparer.Ordinal).Count());
        // A worker that is killed after the write and before its log line leaves an answer without one.
        Assert.InRange(written.Count, (plan.Documents * 4) - plan.Kills, plan.Documents * 4);
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // Its replacement has begun to fill it, or nothing was ever kept there.
        }
    }

    private sealed record Plan(int Documents, int Sentences, int Kills, int StorageRestarts, double Faults, TimeSpan Pause);

    private sealed class Counts
    {
        public int Workers { get; set; }

        public int Handlers { get; set; }

        public int Hosts { get; set; }

        public int Stops { get; set; }

        public int StorageRestarts { get; set; }

        public override string ToString() => $"killed {Workers} workers, {Handlers} handlers, {Hosts} local hosts; stopped {Stops} workers; restarted storage {StorageRestarts} times";
    }
}
