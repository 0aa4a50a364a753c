using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Workflows.Analysis;

/// <summary>Tells from storage how a piece of work stands.</summary>
internal sealed class WorkInspection(PipelineStorage storage, StatusStore statuses, WorkflowOptions options, TimeProvider time)
{
    public async Task<WorkCheck> CheckAsync(CheckWorkInput input, CancellationToken cancellation)
    {
        var outcome = await BlobJson.ReadAsync<WorkOutcome>(storage.Analyses, AnalysisBlobs.Outcome(input.AnalysisId, input.Attempt, input.Dispatch), cancellation);
        if (outcome is not null) return new(WorkVerdict.Finished, outcome);
        if (await storage.Analyses.GetBlobClient(AnalysisBlobs.Cancel(input.AnalysisId, input.Attempt)).ExistsAsync(cancellation))
        {
            return new(WorkVerdict.Finished, new WorkOutcome(input.Stage, input.Attempt, input.Dispatch, Ok: false, Cancelled: true));
        }

        var status = await statuses.ReadAsync(input.AnalysisId, cancellation);
        if (status is null || status.Attempt != input.Attempt || status.IsFinal) return new(WorkVerdict.Ended);
        var now = time.GetUtcNow();
        if (status.Run == 0) return new((now - status.UpdatedAt).TotalSeconds > options.QueueLimitSeconds ? WorkVerdict.WaitedTooLong : WorkVerdict.Waiting);
        var silence = now - (status.Heartbeat ?? status.UpdatedAt);
        return new(silence.TotalSeconds > options.HeartbeatLimitSeconds ? WorkVerdict.Overdue : WorkVerdict.Working);
    }
}
