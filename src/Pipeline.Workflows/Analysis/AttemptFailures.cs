using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Workflows.Analysis;

/// <summary>For functions outside the workflow: ends an attempt whose workflow or message is lost.</summary>
public sealed class AttemptFailures(PipelineStorage storage, TimeProvider time)
{
    private readonly StatusStore statuses = new(storage, time);
    private readonly Sender sender = new(storage);

    /// <summary>Ends the request's attempt as Failed unless it has ended, or rejects the request where it never became an analysis.</summary>
    public async Task FailRequestAsync(string requestInstanceId, Problem problem, CancellationToken cancellation = default)
    {
        var record = await BlobJson.ReadAsync<RequestRecord>(storage.Requests, RequestBlobs.Record(requestInstanceId), cancellation);
        if (record?.AnalysisId is { } analysisId)
        {
            var status = await statuses.ReadAsync(analysisId, cancellation);
            // Another workflow's attempt is not this one's to end.
            if (status is null || status.IsFinal || !string.Equals(status.InstanceId, requestInstanceId, StringComparison.Ordinal)) return;
            await new AnalysisFinisher(storage, statuses, sender, time).FinishAsync(analysisId, status.Attempt, problem, cancelled: false, cancellation);
            return;
        }

        await new FailureRecorder(storage, new AnalysisFinisher(storage, statuses, sender, time), time)
            .RecordAsync(new FailureInput(requestInstanceId, null, 0, problem), cancellation);
    }

    /// <summary>A worker gave up on a message: the workflow hears of it with the last setback as the reason.</summary>
    /// <returns>False if there is no such analysis.</returns>
    public async Task<bool> FailWorkAsync(WorkMessage message, WorkStage stage, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var status = await statuses.ReadAsync(message.AnalysisId, cancellation);
        if (status is null) return false;
        if (status.IsFinal || status.Attempt != message.Attempt || status.Dispatch != message.Dispatch) return true;
        var problem = ProblemTypes.Create(ProblemTypes.WorkerFailing, $"The work was tried several times; the last reason: {status.Retry?.Reason ?? "none was recorded; the worker probably died, for want of memory most often"}");
        var outcome = new WorkOutcome(stage, message.Attempt, message.Dispatch, Ok: false, problem);
        await BlobJson.WriteOnceAsync(storage.Analyses, AnalysisBlobs.Outcome(message.AnalysisId, message.Attempt, message.Dispatch), outcome, cancellation);
        await sender.SendAsync(new WorkflowEventMessage(message.InstanceId, WorkflowEvents.WorkFinished, new WorkFinished(stage, message.Attempt, message.Dispatch)), cancellation);
        return true;
    }
}
