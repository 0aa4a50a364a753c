using System.Text;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Report;
using Pipeline.Workflows.Storage;
using Pipeline.Workflows.Telemetry;

namespace Pipeline.Workflows.Analysis;

/// <summary>Ends an attempt: result and report, then the final status, then the event. Running twice does the same again.</summary>
internal sealed class AnalysisFinisher(PipelineStorage storage, StatusStore statuses, Sender sender, TimeProvider time)
{
    /// <summary>Of a text shown in the report.</summary>
    private const int MaxTextBytes = 32 * 1024 * 1024;

    public async Task<object?> PublishAsync(AnalysisInput input, CancellationToken cancellation)
    {
        await FinishAsync(input.AnalysisId, input.Attempt, problem: null, cancelled: false, cancellation);
        return null;
    }

    public async Task FinishAsync(string analysisId, int attempt, Problem? problem, bool cancelled, CancellationToken cancellation)
    {
        var current = await statuses.ReadVersionAsync(analysisId, cancellation);
        if (current is not { Value: var status } || status.Attempt != attempt) return;
        if (!status.IsFinal)
        {
            var result = await CollectAsync(status, problem, cancelled, cancellation);
            await BlobJson.WriteAsync(storage.Analyses, AnalysisBlobs.Result(analysisId), result, cancellation);
            await BlobJson.WriteTextAsync(storage.Analyses, AnalysisBlobs.Report(analysisId), ResultReport.Render(result, await TextAsync(result, cancellation)), "text/html", cancellation);
            var update = await statuses.UpdateAsync(analysisId, current, s => s.Attempt == attempt && !s.IsFinal ? Final(s, result) : null, cancellation);
            if (update.Status.Attempt != attempt) return;
            status = update.Status;
            PipelineTelemetry.AnalysisFinished.Add(1, new("pipeline.state", status.State.ToString()), new("pipeline.problem", status.Error?.Type ?? ""));
        }

        await SendEventAsync(status, cancellation);
    }

    /// <summary>Sends the event of a finished attempt; each time with the same id.</summary>
    public Task SendEventAsync(AnalysisStatus status, CancellationToken cancellation)
    {
        var type = status.State switch
        {
            AnalysisState.Succeeded => CloudEvent.TypeSucceeded,
            AnalysisState.PartlySucceeded => CloudEvent.TypePartlySucceeded,
            AnalysisState.Cancelled => CloudEvent.TypeCancelled,
            _ => CloudEvent.TypeFailed,
        };
        var data = new CloudEventData(
            status.AnalysisId,
            status.Attempt,
            status.State,
            $"{StorageNames.AnalysesContainer}/{AnalysisBlobs.Status(status.AnalysisId)}",
            $"{StorageNames.AnalysesContainer}/{AnalysisBlobs.Result(status.AnalysisId)}",
            $"{StorageNames.AnalysesContainer}/{AnalysisBlobs.Report(status.AnalysisId)}",
            (int)(status.Questions?.Done ?? 0),
            (int)(status.Questions?.Total ?? 0),
            status.Error);
        return sender.SendAsync(new CloudEvent($"{status.AnalysisId}-{status.Attempt}", "/pipeline", type, status.Document.Name, status.UpdatedAt, data), cancellation);
    }

    /// <returns>Null where the document has no text, or more than a page in a browser can show.</returns>
    private async Task<string?> TextAsync(AnalysisResult result, CancellationToken cancellation)
    {
        if (result.Extraction is null) return null;
        try
        {
            var content = await BlobJson.ReadBytesAsync(storage.Documents, DocumentBlobs.Text(result.Document.Sha256), MaxTextBytes, cancellation);
            return content is null ? null : Encoding.UTF8.GetString(content.Value.Content.Span);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static AnalysisStatus Final(AnalysisStatus status, AnalysisResult result) => status with
    {
        State = result.State,
        Error = result.Error,
        Heartbeat = null,
        Questions = new Progress(result.Answers.Count(a => a.Status == AnswerStatus.Answered), status.Questions?.Total ?? result.Answers.Count),
    };

    private async Task<AnalysisResult> CollectAsync(AnalysisStatus status, Problem? problem, bool cancelled, CancellationToken cancellation)
    {
        var id = status.AnalysisId;
        var definition = await BlobJson.ReadAsync<AnalysisDefinition>(storage.Analyses, AnalysisBlobs.Definition(id), cancellation)
            ?? throw new PermanentProblemException(ProblemTypes.WorkflowFailed, $"{AnalysisBlobs.Definition(id)} is missing; was it deleted?");
        var description = await BlobJson.ReadAsync<DocumentDescription>(storage.Documents, DocumentBlobs.Description(definition.Document.Sha256), cancellation);
        var size = await BlobJson.ReadAsync<AnalysisSize>(storage.Analyses, AnalysisBlobs.Size(id), cancellation);
        var answers = await ReadAnswersAsync(definition, status.AnswersAttempt, cancellation);
        if (problem is null && !cancelled && answers.Count < definition.Questions.Count)
        {
            problem = ProblemTypes.Create(ProblemTypes.WorkerFailing, $"The worker reported success, but only {answers.Count} of {definition.Questions.Count} answers are in storage.");
        }

        var state = cancelled ? AnalysisState.Cancelled
            : problem is not null || answers.TrueForAll(a => a.Status == AnswerStatus.Failed) ? AnalysisState.Failed
            : answers.Exists(a => a.Status == AnswerStatus.Failed) ? AnalysisState.PartlySucceeded
            : AnalysisState.Succeeded;
        if (state == AnalysisState.Failed) problem ??= answers[0].Error;
        return new AnalysisResult(
            id,
            status.Attempt,
            state,
            new ResultDocument(definition.Document.Name, definition.Document.Sha256, definition.Document.Bytes, description?.MediaType ?? definition.Document.MediaType, description?.Pages ?? [], size?.DocumentTokens),
            new ModelIdentity(definition.Model, size?.ModelRevision, status.Computation?.Engine),
            answers,
            new Timings(status.AcceptedAt, time.GetUtcNow(), status.Computation?.ReadMs, status.Computation?.AnswerMs),
            description is null ? null : new ExtractionSummary(description.Tool, description.Warnings),
            problem,
            status.Cache);
    }

    private async Task<List<Answer>> ReadAnswersAsync(AnalysisDefinition definition, int answersAttempt, CancellationToken cancellation)
    {
        var answers = new List<Answer>();
        foreach (var question in definition.Questions)
        {
            if (await BlobJson.ReadAsync<Answer>(storage.Analyses, AnalysisBlobs.Answer(definition.AnalysisId, answersAttempt, question.Id!), cancellation) is { } answer) answers.Add(answer);
        }

        return answers;
    }
}
