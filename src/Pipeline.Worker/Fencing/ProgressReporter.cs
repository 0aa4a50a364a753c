using Azure;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Worker.Fencing;

/// <summary>
/// Writes what a worker does into the status, at most once a second and at least every two seconds as a sign of life, and watches for
/// the cancel marker at the same pace.
/// </summary>
internal sealed class ProgressReporter : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(2);

    private readonly PipelineStorage storage;
    private readonly StatusStore statuses;
    private readonly WorkMessage work;
    private readonly string worker;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource interrupted = new();
    private readonly CancellationTokenSource done = new();
    private readonly Lock gate = new();
    private readonly Task loop;
    private Snapshot latest;
    private Versioned<AnalysisStatus> written;
    private bool changed;

    private ProgressReporter(PipelineStorage storage, StatusStore statuses, WorkMessage work, Versioned<AnalysisStatus> begun, TimeProvider time)
    {
        this.storage = storage;
        this.statuses = statuses;
        this.work = work;
        this.time = time;
        worker = begun.Value.Worker!;
        Run = begun.Value.Run;
        AnswersAttempt = begun.Value.AnswersAttempt;
        written = begun;
        latest = new Snapshot(begun.Value.State);
        loop = LoopAsync();
    }

    /// <summary>How many workers have taken up the message, this one counted.</summary>
    public int Run { get; }

    /// <summary>The attempt whose answers count.</summary>
    public int AnswersAttempt { get; }

    /// <summary>Cancelled when the work must stop; <see cref="Reason"/> says why.</summary>
    public CancellationToken Interrupted => interrupted.Token;

    public Interruption Reason { get; private set; }

    /// <summary>Enters this worker into the status as the one that works.</summary>
    /// <returns>Null if the message is out of date: the attempt is over, or a later message or worker has taken it up.</returns>
    public static async Task<ProgressReporter?> TryBeginAsync(PipelineStorage storage, WorkMessage work, WorkStage stage, string worker, TimeProvider time, CancellationToken cancellation)
    {
        var statuses = new StatusStore(storage, time);
        var state = stage == WorkStage.Extraction ? AnalysisState.Extracting : AnalysisState.Reading;
        var update = await statuses.UpdateAsync(
            work.AnalysisId,
            status =>
            {
                if (status.Attempt != work.Attempt || status.Dispatch > work.Dispatch || status.IsFinal) return null;
                return status with { State = state, Dispatch = work.Dispatch, Run = status.Dispatch == work.Dispatch ? status.Run + 1 : 1, Worker = worker, Heartbeat = time.GetUtcNow() };
            },
            cancellation);
        return update.Written ? new ProgressReporter(storage, statuses, work, update.Current, time) : null;
    }

    public void Report(AnalysisState state, Progress? tokens = null, Progress? questions = null, CacheUse? cache = null, Computation? computation = null)
    {
        lock (gate)
        {
            latest = new Snapshot(state, tokens ?? latest.Tokens, questions ?? latest.Questions, cache ?? latest.Cache, computation ?? latest.Computation);
            changed = true;
        }
    }

    /// <summary>Notes a failure that is worth another try.</summary>
    public Task NoteSetbackAsync(string reason, CancellationToken cancellation) => statuses.UpdateAsync(
        work.AnalysisId,
        status => IsMine(status) ? status with { Retry = new Setback((status.Retry?.Count ?? 0) + 1, reason, time.GetUtcNow()) } : null,
        cancellation);

    /// <summary>Writes what was reported last.</summary>
    public async Task FlushAsync()
    {
        try
        {
            if (!interrupted.IsCancellationRequested) await WriteAsync(force: false);
        }
        catch (Exception e) when (IsPassing(e))
        {
            // The next writer says more anyway.
        }
    }

    /// <summary>Writes what was reported last, and that no worker is at it any more; nothing is written after that.</summary>
    public async Task EndAsync()
    {
        if (done.IsCancellationRequested) return;
        await done.CancelAsync();
        await loop;
        lock (gate) (latest, changed) = (latest with { IsLast = true }, true);
        await FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        done.Dispose();
        interrupted.Dispose();
    }

    private async Task LoopAsync()
    {
        var last = time.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(Pace, time, done.Token);
                try
                {
                    if (await storage.Analyses.GetBlobClient(AnalysisBlobs.Cancel(work.AnalysisId, work.Attempt)).ExistsAsync(done.Token)) await InterruptAsync(Interruption.Cancelled);
                    if (await WriteAsync(time.GetElapsedTime(last) >= SignOfLife)) last = time.GetTimestamp();
                }
                catch (Exception e) when (IsPassing(e))
                {
                    // Storage is out of reach for a moment; the lease decides how long that may last.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Done.
        }
    }

    private async Task<bool> WriteAsync(bool force)
    {
        Snapshot snapshot;
        lock (gate)
        {
            if (!changed && !force) return false;
            snapshot = latest;
            changed = false;
        }

        var update = await statuses.UpdateAsync(
            work.AnalysisId,
            written,
            status => IsMine(status)
                ? status with
                {
                    State = snapshot.State,
                    Tokens = snapshot.Tokens ?? status.Tokens,
                    Questions = snapshot.Questions ?? status.Questions,
                    Cache = snapshot.Cache ?? status.Cache,
                    Computation = snapshot.Computation ?? status.Computation,
                    Heartbeat = snapshot.IsLast ? null : time.GetUtcNow(),
                    Worker = snapshot.IsLast ? null : worker,
                }
                : null,
            CancellationToken.None);
        written = update.Current;
        if (!update.Written) await InterruptAsync(Interruption.Overtaken);
        return true;
    }

    private bool IsMine(AnalysisStatus status) => status.Attempt == work.Attempt && status.Dispatch == work.Dispatch && status.Run == Run && !status.IsFinal;

    private async Task InterruptAsync(Interruption reason)
    {
        if (Reason != Interruption.None) return;
        Reason = reason;
        await interrupted.CancelAsync();
    }

    private static bool IsPassing(Exception e) => e is RequestFailedException or IOException or AggregateException or InvalidOperationException;

    private sealed record Snapshot(AnalysisState State, Progress? Tokens = null, Progress? Questions = null, CacheUse? Cache = null, Computation? Computation = null, bool IsLast = false);
}
