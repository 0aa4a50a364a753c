using Azure.Storage.Blobs.Specialized;
using Pipeline.Worker.Fencing;
using Pipeline.Workflows.Storage;

namespace Pipeline.Worker.Tests.Fencing;

public sealed class AnalysisLeaseTests(StorageFixture fixture)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Only_one_has_it_and_giving_it_up_lets_the_next_in()
    {
        var id = await DefineAsync();
        var first = await AcquireAsync(id);
        Assert.True(first!.IsHeld);
        using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AnalysisLease.TryAcquireAsync(fixture.Storage, id, Duration, TimeProvider.System, impatient.Token));
        await first.DisposeAsync();
        await using var second = await AcquireAsync(id);
        Assert.True(second!.IsHeld);
    }

    [Fact]
    public async Task Losing_it_is_noticed()
    {
        var id = await DefineAsync();
        await using var lease = await AcquireAsync(id);
        await fixture.Storage.Analyses.GetBlobClient(AnalysisBlobs.Definition(id)).GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: TestContext.Current.CancellationToken);
        await Task.Delay(Timeout.Infinite, lease!.Lost).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.True(lease.Lost.IsCancellationRequested);
        Assert.False(lease.IsHeld);
    }

    [Fact]
    public async Task A_deleted_analysis_has_no_work()
        => await Assert.ThrowsAsync<AnalysisDeletedException>(() => AcquireAsync(Guid.NewGuid().ToString("N")));

    private async Task<string> DefineAsync()
    {
        var id = Guid.NewGuid().ToString("N");
        await BlobJson.WriteTextAsync(fixture.Storage.Analyses, AnalysisBlobs.Definition(id), "{}", "application/json", TestContext.Current.CancellationToken);
        return id;
    }

    private Task<AnalysisLease?> AcquireAsync(string id) => AnalysisLease.TryAcquireAsync(fixture.Storage, id, Duration, TimeProvider.System, TestContext.Current.CancellationToken);
}
