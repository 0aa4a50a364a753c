using System.Text;
using Pipeline.Documents;
using Pipeline.Worker.Fencing;
using Pipeline.Worker.Models;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Worker.Extract;

/// <summary>The role extract: text, pages and sentences of a document, once for all analyses, and what the model needs for it.</summary>
internal sealed class ExtractionWork(PipelineStorage storage, ITextExtraction extraction, ModelCatalog models, WorkerOptions options) : IWork
{
    public WorkStage Stage => WorkStage.Extraction;

    public async Task RunAsync(WorkMessage message, ProgressReporter progress, Func<bool> mayWrite, CancellationToken cancellation)
    {
        var definition = await StoredDocument.DefinitionAsync(storage, message.AnalysisId, cancellation);
        var model = await models.GetAsync(definition.Model, cancellation);
        var stored = await StoredDocument.ReadAsync(storage, definition.Document.Sha256, cancellation);
        var text = stored?.Text ?? await ExtractAsync(definition.Document, mayWrite, cancellation);
        var size = await Task.Run(() => Measure(definition, model, text), cancellation);
        progress.Report(AnalysisState.Extracting, new Progress(0, size.DocumentTokens));
        if (mayWrite()) await BlobJson.WriteAsync(storage.Analyses, AnalysisBlobs.Size(message.AnalysisId), size, cancellation);
    }

    private async Task<string> ExtractAsync(DocumentName document, Func<bool> mayWrite, CancellationToken cancellation)
    {
        ExtractedDocument extracted;
        using (var original = (await storage.Documents.GetBlobClient(DocumentBlobs.Original(document.Sha256)).DownloadStreamingAsync(cancellationToken: cancellation)).Value)
        {
            extracted = await extraction.ExtractAsync(original.Content, document, cancellation);
        }

        if (extracted.Outcome is not (ExtractionOutcome.Ok or ExtractionOutcome.Partial))
        {
            var problem = extracted.Problem;
            throw new PermanentProblemException(problem is null
                ? ProblemTypes.Create(ProblemTypes.ExtractionFailed, $"The extraction ended with '{extracted.Outcome}'.")
                : new Problem(problem.Type, problem.Title, problem.Detail, extracted.Warnings.Count > 0 ? extracted.Warnings : null));
        }

        if (!mayWrite()) throw new OperationCanceledException("Another worker has taken over.", cancellation);
        var description = new DocumentDescription(
            document.Sha256,
            extracted.MediaType,
            $"{extracted.Tool} {extracted.ToolVersion}",
            extracted.Text.Length,
            [.. extracted.Pages.Select(p => new PageSpan(p.Number, p.Start, p.End, StatusOf(p.Outcome), p.Label))],
            [.. extracted.Sentences.SelectMany(s => (int[])[s.Start, s.End])],
            extracted.Outcome == ExtractionOutcome.Partial && extracted.Problem is { } partial ? [partial.Detail, .. extracted.Warnings] : extracted.Warnings);
        // Once written, text and description stay: answers point into them. The description is the commit record.
        var isOurs = await BlobJson.WriteOnceAsync(storage.Documents, DocumentBlobs.Text(document.Sha256), new BinaryData(new UTF8Encoding(false, true).GetBytes(extracted.Text)), "text/plain", cancellation);
        isOurs &= await BlobJson.WriteOnceAsync(storage.Documents, DocumentBlobs.Description(document.Sha256), description, cancellation);
        if (isOurs) return extracted.Text;
        return (await StoredDocument.ReadAsync(storage, document.Sha256, cancellation))?.Text ?? throw new IOException("The text vanished while it was written; was the document deleted?");
    }

    private AnalysisSize Measure(AnalysisDefinition definition, KnownModel model, string text)
    {
        var prompt = model.Prompt(definition.Instructions);
        return new AnalysisSize(
            definition.Model,
            model.Revision,
            prompt.EncodeDocument(text).Tokens.Count,
            definition.Questions.Max(q => prompt.EncodeQuestion(q.Text).Length),
            options.MaxAnswerTokens,
            model.Folder.Config.ContextLength,
            model.BytesPerToken,
            options.MemoryBytes);
    }

    private static string StatusOf(PageOutcome outcome) => outcome switch
    {
        PageOutcome.Ok => "ok",
        PageOutcome.Empty => "empty",
        PageOutcome.Ocr => "ocr",
        PageOutcome.NoTextLayer => "no-text-layer",
        PageOutcome.Partial => "partial",
        _ => "failed",
    };
}
