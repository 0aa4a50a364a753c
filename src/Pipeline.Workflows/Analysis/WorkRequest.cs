using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Workflows.Analysis;

/// <summary>Sends work to a worker and says so in the status.</summary>
internal sealed class WorkRequest(StatusStore statuses, Sender sender, TimeProvider time)
{
    public async Task<object?> SendAsync(RequestWorkInput input, CancellationToken cancellation)
    {
        var state = input.Stage == WorkStage.Extraction ? AnalysisState.Extracting : AnalysisState.Queued;
        var update = await statuses.UpdateAsync(
            input.AnalysisId,
            status => status.Attempt != input.Attempt ? null : status with
            {
                State = state,
                Dispatch = input.Dispatch,
                Run = 0,
                Heartbeat = null,
                Worker = null,
                Retry = input.Reason is null ? status.Retry : new Setback((status.Retry?.Count ?? 0) + 1, input.Reason, time.GetUtcNow()),
            },
            cancellation);
        // Refused: the attempt is over, or this activity runs a second time and a worker has the message already.
        if (update.Written)
        {
            var queue = input.Stage == WorkStage.Extraction ? StorageNames.ExtractionQueue : StorageNames.AnalysisQueue;
            await sender.SendAsync(queue, new WorkMessage(input.AnalysisId, input.Attempt, input.Dispatch, input.InstanceId, input.TraceParent), cancellation);
        }

        return null;
    }
}
