using System.Globalization;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Workflows.Analysis;

/// <summary>Compares what the document needs with what model and worker have. A document is never cut to fit.</summary>
internal sealed class SizeCheck(PipelineStorage storage)
{
    public async Task<object?> CheckAsync(AnalysisInput input, CancellationToken cancellation)
    {
        var size = await BlobJson.ReadAsync<AnalysisSize>(storage.Analyses, AnalysisBlobs.Size(input.AnalysisId), cancellation)
            ?? throw new PermanentProblemException(ProblemTypes.WorkflowFailed, $"{AnalysisBlobs.Size(input.AnalysisId)} is missing although the extraction succeeded; was it deleted?");
        Check(size);
        return null;
    }

    public static void Check(AnalysisSize size)
    {
        var needed = size.DocumentTokens + size.LongestQuestionTokens + size.MaxAnswerTokens;
        if (needed > size.ContextLength)
        {
            throw new PermanentProblemException(ProblemTypes.OverContext, string.Create(
                CultureInfo.InvariantCulture,
                $"The document has {size.DocumentTokens:N0} tokens; with the longest question ({size.LongestQuestionTokens:N0}) and an answer of up to {size.MaxAnswerTokens:N0} that makes {needed:N0}. {size.ModelName} takes {size.ContextLength:N0}. Choose a model with a longer context, or split the document."));
        }

        var memory = needed * size.BytesPerToken;
        if (size.MemoryBytes > 0 && memory > size.MemoryBytes)
        {
            throw new PermanentProblemException(ProblemTypes.OverMemory, string.Create(
                CultureInfo.InvariantCulture,
                $"The document has {size.DocumentTokens:N0} tokens, which need {memory:N0} bytes of KV cache ({size.BytesPerToken:N0} a token); the worker has {size.MemoryBytes:N0}. Give the worker more memory, or choose a smaller model."));
        }
    }
}
