using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Workflows.Analysis;

/// <summary>Records that a request or an attempt failed or was cancelled, where people and programs look for it.</summary>
internal sealed class FailureRecorder(PipelineStorage storage, AnalysisFinisher finisher, TimeProvider time)
{
    public async Task<object?> RecordAsync(FailureInput input, CancellationToken cancellation)
    {
        if (input.AnalysisId is { } analysisId)
        {
            if (input.Cancelled)
            {
                // The worker looks for the marker between chunks.
                await BlobJson.WriteOnceAsync(storage.Analyses, AnalysisBlobs.Cancel(analysisId, input.Attempt), BinaryData.FromString("cancelled"), "text/plain", cancellation);
            }

            await finisher.FinishAsync(analysisId, input.Attempt, input.Problem, input.Cancelled, cancellation);
            return null;
        }

        await RejectAsync(input.RequestInstanceId, input.Problem ?? ProblemTypes.Create(ProblemTypes.WorkflowFailed, "No reason was recorded."), cancellation);
        return null;
    }

    private async Task RejectAsync(string requestInstanceId, Problem problem, CancellationToken cancellation)
    {
        var name = RequestBlobs.Record(requestInstanceId);
        var record = await BlobJson.ReadAsync<RequestRecord>(storage.Requests, name, cancellation)
            ?? new RequestRecord(requestInstanceId, RequestState.Received, new IntakeMessage("unknown/unknown"), time.GetUtcNow());
        if (record.State != RequestState.Accepted) await BlobJson.WriteAsync(storage.Requests, name, record with { State = RequestState.Rejected, Error = problem }, cancellation);
    }
}
