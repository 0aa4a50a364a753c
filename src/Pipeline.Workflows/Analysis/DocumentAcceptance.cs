using Azure;
using Azure.Storage.Blobs.Models;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;

namespace Pipeline.Workflows.Analysis;

/// <summary>Turns a request into an attempt of an analysis: the bytes are copied, the questions frozen, the id computed.</summary>
internal sealed class DocumentAcceptance(PipelineStorage storage, StatusStore statuses, AnalysisFinisher finisher, WorkflowOptions options, TimeProvider time)
{
    public async Task<Accepted> AcceptAsync(AcceptInput input, CancellationToken cancellation)
    {
        var name = RequestBlobs.Record(input.RequestInstanceId);
        var record = await BlobJson.ReadAsync<RequestRecord>(storage.Requests, name, cancellation)
            ?? throw new PermanentProblemException(ProblemTypes.InvalidMessage, $"The request {input.RequestInstanceId} was deleted before it was taken up.");
        var message = record.Message;
        var blob = BlobReference.Parse(message.Blob, storage.BlobEndpoint);

        var (document, metadata) = await new DocumentCopy(storage, options.MaxDocumentBytes).CopyAsync(blob, message.ETag, cancellation);
        var questions = await new QuestionSource(storage).FindAsync(message, blob, metadata, cancellation);
        var model = message.Model ?? options.DefaultModel;
        var id = Identity.Analysis(document.Sha256, questions.Questions, model, questions.Instructions);
        await BlobJson.WriteOnceAsync(storage.Analyses, AnalysisBlobs.Definition(id), new AnalysisDefinition(id, document, questions.Questions, model, questions.Instructions), cancellation);

        var (outcome, status) = await ClaimAsync(id, document, questions.Questions.Count, input.RequestInstanceId, message.Force, cancellation);
        await BlobJson.WriteAsync(storage.Requests, name, record with { State = RequestState.Accepted, AnalysisId = id, Attempt = status.Attempt }, cancellation);
        if (outcome == AcceptOutcome.AlreadyDone) await finisher.SendEventAsync(status, cancellation);
        return new Accepted(outcome, id, status.Attempt, new WaitRules(options.CheckSeconds, options.MaxDispatches), Refusal(blob, document));
    }

    private static Problem? Refusal(BlobReference blob, DocumentName document)
        => document.Bytes == 0 ? ProblemTypes.Create(ProblemTypes.EmptyDocument, $"{blob} has 0 bytes.") : null;

    private async Task<(AcceptOutcome Outcome, AnalysisStatus Status)> ClaimAsync(string id, DocumentName document, int questions, string instanceId, bool force, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var first = new AnalysisStatus(id, AnalysisState.Accepted, 1, 1, instanceId, document, now, now, Questions: new Progress(0, questions));
        var current = await statuses.CreateAsync(first, cancellation);
        // This activity may run twice: the attempt that this workflow owns stays its own.
        if (Owns(current)) return (AcceptOutcome.Started, current);

        var update = await statuses.UpdateAsync(
            id,
            status => Owns(status) || !(force || status is { State: AnalysisState.Failed or AnalysisState.Cancelled })
                ? null
                : first with { Attempt = status.Attempt + 1, AnswersAttempt = force ? status.Attempt + 1 : status.AnswersAttempt, Document = status.Document },
            cancellation);
        var outcome = Owns(update.Status) ? AcceptOutcome.Started : update.Status.IsFinal ? AcceptOutcome.AlreadyDone : AcceptOutcome.Joined;
        return (outcome, update.Status);

        bool Owns(AnalysisStatus status) => string.Equals(status.InstanceId, instanceId, StringComparison.Ordinal);
    }
}
