using Azure;
using Azure.Storage.Blobs.Specialized;
using Pipeline.Workflows.Storage;

namespace Pipeline.Worker.Fencing;

/// <summary>Makes this worker the only one at an analysis, by a lease on its definition, which nobody writes again. Losing it stops the work.</summary>
internal sealed class AnalysisLease : IAsyncDisposable
{
    private readonly BlobLeaseClient client;
    private readonly TimeSpan duration;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource lost = new();
    private readonly CancellationTokenSource done = new();
    private readonly Task renewal;
    private long confirmed;

    private AnalysisLease(BlobLeaseClient client, TimeSpan duration, long asked, TimeProvider time)
    {
        this.client = client;
        this.duration = duration;
        this.time = time;
        confirmed = asked;
        renewal = RenewAsync();
    }

    /// <summary>Cancelled when somebody else may have the lease.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>False once the lease may have run out, even if nobody has noticed: this process may have been stopped for a while.</summary>
    public bool IsHeld => !lost.IsCancellationRequested && time.GetElapsedTime(Volatile.Read(ref confirmed)) < duration;

    /// <summary>Takes the lease, waiting for a dead holder's to run out.</summary>
    /// <returns>Null if another worker is alive and holds it.</returns>
    /// <exception cref="AnalysisDeletedException">There is no such analysis.</exception>
    public static async Task<AnalysisLease?> TryAcquireAsync(PipelineStorage storage, string analysisId, TimeSpan duration, TimeProvider time, CancellationToken cancellation)
    {
        var blob = storage.Analyses.GetBlobClient(AnalysisBlobs.Definition(analysisId));
        // Our own id: if the answer to a request is lost, asking again with the same id is granted.
        var client = blob.GetBlobLeaseClient(Guid.NewGuid().ToString());
        var patience = time.GetTimestamp();
        while (true)
        {
            var asked = time.GetTimestamp();
            try
            {
                await client.AcquireAsync(duration, cancellationToken: cancellation);
                return new AnalysisLease(client, duration, asked, time);
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                throw new AnalysisDeletedException();
            }
            catch (RequestFailedException e) when (e.Status == 409)
            {
                if (time.GetElapsedTime(patience) > duration * 1.2) return null;
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await done.CancelAsync();
        await renewal;
        try
        {
            if (IsHeld) await client.ReleaseAsync();
        }
        catch (Exception e) when (e is RequestFailedException or IOException or AggregateException)
        {
            // It runs out by itself.
        }

        done.Dispose();
        lost.Dispose();
    }

    private async Task RenewAsync()
    {
        try
        {
            while (IsHeld)
            {
                await Task.Delay(duration / 4, time, done.Token);
                var asked = time.GetTimestamp();
                try
                {
                    using var limit = CancellationTokenSource.CreateLinkedTokenSource(done.Token);
                    limit.CancelAfter(duration / 2);
                    await client.RenewAsync(cancellationToken: limit.Token);
                    Volatile.Write(ref confirmed, asked);
                }
                catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
                {
                    break;
                }
                catch (Exception e) when (e is RequestFailedException or IOException or AggregateException or OperationCanceledException && !done.IsCancellationRequested)
                {
                    // Tried again at the next turn, until it has run out.
                }
            }

            await lost.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // Done.
        }
    }
}

/// <summary>The analysis is gone, and with it the work.</summary>
internal sealed class AnalysisDeletedException : Exception;
