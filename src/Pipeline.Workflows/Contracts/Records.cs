namespace Pipeline.Workflows.Contracts;

/// <summary>What an analysis is: it never changes once written; <c>analyses/{id}/definition.json</c>.</summary>
public sealed record AnalysisDefinition(
    string AnalysisId,
    DocumentName Document,
    IReadOnlyList<Question> Questions,
    string Model,
    string? Instructions = null);

public enum RequestState
{
    Received,
    Accepted,
    Rejected,
}

/// <summary>What was asked for and what it became; <c>requests/{instanceId}.json</c>.</summary>
/// <param name="Rewinds">How often the workflow was set going again after the infrastructure had failed it.</param>
public sealed record RequestRecord(
    string InstanceId,
    RequestState State,
    IntakeMessage Message,
    DateTimeOffset ReceivedAt,
    string? AnalysisId = null,
    int? Attempt = null,
    Problem? Error = null,
    int Rewinds = 0);

/// <summary>A message that names no analysis and no request; <c>requests/rejected/{queue}/{hash}.json</c>.</summary>
/// <param name="Head">The first 1,024 characters of the message.</param>
public sealed record RejectedMessage(string Queue, Problem Error, string Head, int Length, DateTimeOffset At);

/// <summary>The stored text's description; <c>documents/{sha256}/document.json</c>, written after the text.</summary>
/// <param name="Sentences">Start and end of each sentence, one after another: s0, e0, s1, e1, …</param>
public sealed record DocumentDescription(
    string Sha256,
    string MediaType,
    string Tool,
    int TextLength,
    IReadOnlyList<PageSpan> Pages,
    IReadOnlyList<int> Sentences,
    IReadOnlyList<string> Warnings);

/// <summary>What the model needs for the document; <c>analyses/{id}/size.json</c>, written by the extract role.</summary>
/// <param name="DocumentTokens">Head, document prefix, document and suffix.</param>
/// <param name="LongestQuestionTokens">Of the analysis' questions, with the chat tail.</param>
/// <param name="ContextLength">The model's limit for everything together.</param>
/// <param name="BytesPerToken">Of KV cache; 0 where the worker can't tell.</param>
/// <param name="MemoryBytes">What the worker may use for the KV cache; 0 for no limit.</param>
public sealed record AnalysisSize(
    string ModelName,
    string ModelRevision,
    long DocumentTokens,
    long LongestQuestionTokens,
    long MaxAnswerTokens,
    long ContextLength,
    long BytesPerToken,
    long MemoryBytes);
