using System.Diagnostics;
using Azure;
using Pipeline.Worker.Fencing;
using Pipeline.Worker.Queues;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;
using Pipeline.Workflows.Telemetry;

namespace Pipeline.Worker;

/// <summary>Takes one message from its lease to its outcome.</summary>
internal sealed partial class WorkProcessor(PipelineStorage storage, WorkerOptions options, TimeProvider time, ILogger<WorkProcessor> log)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private readonly Sender sender = new(storage);
    private readonly string worker = $"{Environment.MachineName}/{Environment.ProcessId}";

    public async Task ProcessAsync(WorkItem item, IWork work, CancellationToken stopping)
    {
        using var span = PipelineTelemetry.Start(work.Stage == WorkStage.Extraction ? "extract" : "analyze", ActivityKind.Consumer, item.Work.TraceParent);
        span?.SetTag("pipeline.analysis", item.Work.AnalysisId);
        var stage = new KeyValuePair<string, object?>("pipeline.stage", work.Stage.ToString());
        PipelineTelemetry.QueueWait.Record(item.Waited.TotalSeconds, stage);
        Takes(work.Stage, item.Work.AnalysisId, item.Waited.TotalSeconds, item.Deliveries);
        var started = time.GetTimestamp();
        try
        {
            await using var lease = await AnalysisLease.TryAcquireAsync(storage, item.Work.AnalysisId, TimeSpan.FromSeconds(options.LeaseSeconds), time, stopping);
            if (lease is null)
            {
                // A living worker has the analysis, and its own message.
                await item.GiveBackAsync(TimeSpan.FromSeconds(options.LeaseSeconds));
                return;
            }

            await RunAsync(item, work, lease, stopping);
        }
        catch (AnalysisDeletedException)
        {
            Overtaken(item.Work.AnalysisId, item.Work.Dispatch);
            await item.DeleteAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await item.SendAnewAsync();
        }
        catch (Exception e) when (IsPassing(e))
        {
            Postponed(item.Work.AnalysisId, e.Message.Split('\n')[0]);
            await item.GiveBackAsync(Pause(item));
        }
        finally
        {
            PipelineTelemetry.WorkDuration.Record(time.GetElapsedTime(started).TotalSeconds, stage);
        }
    }

    private async Task RunAsync(WorkItem item, IWork work, AnalysisLease lease, CancellationToken stopping)
    {
        var message = item.Work;
        await using var progress = await TryBeginAsync(message, work.Stage, stopping);
        if (progress is null)
        {
            Overtaken(message.AnalysisId, message.Dispatch);
            await item.DeleteAsync();
            return;
        }

        if (progress.Run > 1 && await BlobJson.ReadAsync<WorkOutcome>(storage.Analyses, AnalysisBlobs.Outcome(message.AnalysisId, message.Attempt, message.Dispatch), stopping) is { } known)
        {
            // Delivered again after it was done: only the event may have been lost.
            await FinishAsync(item, known);
            return;
        }

        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost, progress.Interrupted);
        try
        {
            await work.RunAsync(message, progress, () => lease.IsHeld && progress.Reason == Interruption.None, interrupt.Token);
            await progress.EndAsync();
            if (!lease.IsHeld) return;
            await FinishAsync(item, new WorkOutcome(work.Stage, message.Attempt, message.Dispatch, Ok: true));
        }
        catch (PermanentProblemException e)
        {
            if (!lease.IsHeld) return;
            await FinishAsync(item, new WorkOutcome(work.Stage, message.Attempt, message.Dispatch, Ok: false, e.Problem));
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            if (progress.Reason == Interruption.Cancelled) await FinishAsync(item, new WorkOutcome(work.Stage, message.Attempt, message.Dispatch, Ok: false, Cancelled: true));
            else if (progress.Reason == Interruption.Overtaken) await item.DeleteAsync();
            else if (stopping.IsCancellationRequested) await item.SendAnewAsync();
            // The lease is lost: another worker has the message.
        }
        catch (Exception e)
        {
            Failed(e, message.AnalysisId, item.Deliveries);
            await item.GiveBackAsync(Pause(item));
            await progress.NoteSetbackAsync($"{e.GetType().Name}: {e.Message.Split('\n')[0].Trim()}", CancellationToken.None);
        }
    }

    private async Task<ProgressReporter?> TryBeginAsync(WorkMessage message, WorkStage stage, CancellationToken cancellation)
    {
        try
        {
            return await ProgressReporter.TryBeginAsync(storage, message, stage, worker, time, cancellation);
        }
        catch (InvalidOperationException)
        {
            // The analysis was deleted.
            return null;
        }
    }

    private async Task FinishAsync(WorkItem item, WorkOutcome outcome)
    {
        var message = item.Work;
        await BlobJson.WriteOnceAsync(storage.Analyses, AnalysisBlobs.Outcome(message.AnalysisId, message.Attempt, message.Dispatch), outcome, CancellationToken.None);
        await sender.SendAsync(new WorkflowEventMessage(message.InstanceId, WorkflowEvents.WorkFinished, new WorkFinished(outcome.Stage, message.Attempt, message.Dispatch), message.TraceParent), CancellationToken.None);
        await item.DeleteAsync();
    }

    private TimeSpan Pause(WorkItem item)
    {
        var pause = TimeSpan.FromSeconds(options.RetrySeconds * Math.Pow(2, Math.Min(item.Deliveries - 1, 16)));
        return pause < LongestPause ? pause : LongestPause;
    }

    private static bool IsPassing(Exception e) => e is RequestFailedException or IOException or AggregateException or OperationCanceledException;

    [LoggerMessage(LogLevel.Information, "Takes {Stage} of {Analysis} after {Seconds:0.0} s in the queue, delivery {Delivery}")]
    private partial void Takes(WorkStage stage, string analysis, double seconds, long delivery);

    [LoggerMessage(LogLevel.Error, "Work on {Analysis} failed, delivery {Delivery}")]
    private partial void Failed(Exception error, string analysis, long delivery);

    [LoggerMessage(LogLevel.Warning, "Work on {Analysis} is postponed: {Reason}")]
    private partial void Postponed(string analysis, string reason);

    [LoggerMessage(LogLevel.Information, "A message for {Analysis} (dispatch {Dispatch}) is out of date and dropped")]
    private partial void Overtaken(string analysis, int dispatch);
}
