using Pipeline.Worker.Fencing;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Worker.Tests.Fencing;

public sealed class ProgressReporterTests(StorageFixture fixture)
{
    [Fact]
    public async Task Progress_and_signs_of_life_reach_the_status()
    {
        var work = await fixture.QueuedAsync();
        await using var progress = await BeginAsync(work);
        progress!.Report(AnalysisState.Reading, new Progress(512, 4096), cache: new CacheUse(CacheState.Partial, 256));
        await progress.FlushAsync();
        var status = await StatusAsync(work);
        Assert.Equal((AnalysisState.Reading, new Progress(512, 4096), new CacheUse(CacheState.Partial, 256), 1), (status.State, status.Tokens, status.Cache, status.Run));
        Assert.NotNull(status.Heartbeat);

        var before = status.Heartbeat;
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        Assert.True((await StatusAsync(work)).Heartbeat > before, "There was no sign of life for four seconds.");

        progress.Report(AnalysisState.Answering, computation: new Computation("native", 20, 10));
        await progress.EndAsync();
        status = await StatusAsync(work);
        Assert.Equal((null, null, new Computation("native", 20, 10)), (status.Heartbeat, status.Worker, status.Computation));
    }

    [Fact]
    public async Task The_cancel_marker_interrupts()
    {
        var work = await fixture.QueuedAsync();
        await using var progress = await BeginAsync(work);
        await BlobJson.WriteTextAsync(fixture.Storage.Analyses, AnalysisBlobs.Cancel(work.AnalysisId, 1), "stop", "text/plain", TestContext.Current.CancellationToken);
        await AssertInterruptedAsync(progress!, Interruption.Cancelled);
    }

    [Fact]
    public async Task A_later_worker_overtakes_an_earlier_one()
    {
        var work = await fixture.QueuedAsync();
        await using var first = await BeginAsync(work);
        await using var second = await BeginAsync(work);
        first!.Report(AnalysisState.Answering, questions: new Progress(3, 4));
        await AssertInterruptedAsync(first, Interruption.Overtaken);
        var status = await StatusAsync(work);
        Assert.Equal((2, AnalysisState.Reading), (status.Run, status.State));
    }

    [Fact]
    public async Task A_message_that_a_later_one_has_overtaken_is_refused()
    {
        var work = await fixture.QueuedAsync();
        Assert.Null(await BeginAsync(work with { Dispatch = 1 }));
        Assert.Null(await BeginAsync(work with { Attempt = 2 }));
        await using var current = await BeginAsync(work);
        Assert.NotNull(current);
    }

    private Task<ProgressReporter?> BeginAsync(WorkMessage work)
        => ProgressReporter.TryBeginAsync(fixture.Storage, work, WorkStage.Analysis, "test", TimeProvider.System, TestContext.Current.CancellationToken);

    private async Task<AnalysisStatus> StatusAsync(WorkMessage work)
        => (await BlobJson.ReadAsync<AnalysisStatus>(fixture.Storage.Analyses, AnalysisBlobs.Status(work.AnalysisId), TestContext.Current.CancellationToken))!;

    private static async Task AssertInterruptedAsync(ProgressReporter progress, Interruption reason)
    {
        var limit = TimeProvider.System.GetTimestamp();
        while (progress.Reason == Interruption.None && TimeProvider.System.GetElapsedTime(limit) < TimeSpan.FromSeconds(10)) await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(reason, progress.Reason);
        Assert.True(progress.Interrupted.IsCancellationRequested);
    }
}
