using System.Text;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Worker;

/// <summary>What a worker reads of an analysis and its document.</summary>
internal static class StoredDocument
{
    private const int MaxTextBytes = 1 << 30;

    public static async Task<AnalysisDefinition> DefinitionAsync(PipelineStorage storage, string analysisId, CancellationToken cancellation)
        => await BlobJson.ReadAsync<AnalysisDefinition>(storage.Analyses, AnalysisBlobs.Definition(analysisId), cancellation)
            ?? throw new PermanentProblemException(ProblemTypes.WorkflowFailed, $"{AnalysisBlobs.Definition(analysisId)} is missing; was the analysis deleted?");

    /// <returns>Null until text and description are both there.</returns>
    public static async Task<(DocumentDescription Description, string Text)?> ReadAsync(PipelineStorage storage, string sha256, CancellationToken cancellation)
    {
        if (await BlobJson.ReadAsync<DocumentDescription>(storage.Documents, DocumentBlobs.Description(sha256), cancellation) is not { } description) return null;
        var content = await BlobJson.ReadBytesAsync(storage.Documents, DocumentBlobs.Text(sha256), MaxTextBytes, cancellation);
        return content is null ? null : (description, Encoding.UTF8.GetString(content.Value.Content.Span));
    }
}
