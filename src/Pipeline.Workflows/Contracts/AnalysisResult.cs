namespace Pipeline.Workflows.Contracts;

/// <summary>
/// The result of one analysis; <c>analyses/{id}/result.json</c>, from which <c>report.html</c> is rendered.
/// Offsets are UTF-16 code units into <c>documents/{sha256}/text.txt</c>, end exclusive; pages count from 1.
/// Schema: docs/schemas/result.schema.json.
/// </summary>
public sealed record AnalysisResult(
    string AnalysisId,
    int Attempt,
    AnalysisState State,
    ResultDocument Document,
    ModelIdentity Model,
    IReadOnlyList<Answer> Answers,
    Timings Timings,
    ExtractionSummary? Extraction = null,
    Problem? Error = null,
    int SchemaVersion = 1);

public sealed record ResultDocument(string Name, string Sha256, long Bytes, string MediaType, IReadOnlyList<PageSpan> Pages);

public sealed record PageSpan(int Number, int Start, int End, string Status = "ok");

public sealed record ExtractionSummary(string Tool, IReadOnlyList<string> Warnings);

/// <param name="Revision">Hash of the model folder's files that decide its output.</param>
public sealed record ModelIdentity(string Name, string? Revision = null);

public enum AnswerStatus
{
    Answered,
    Failed,
}

/// <summary>One answer; <c>analyses/{id}/answers/{attempt}/{questionId}.json</c>, written once.</summary>
/// <param name="FinishReason"><c>stop</c>, or <c>length</c> where the token limit cut the answer.</param>
public sealed record Answer(
    string QuestionId,
    string Question,
    AnswerStatus Status,
    string Text,
    IReadOnlyList<Citation> Citations,
    TokenUsage Usage,
    CacheUse Cache,
    string? FinishReason = null,
    Problem? Error = null);

/// <summary>A passage, as W3C TextQuoteSelector (quote, prefix, suffix) and TextPositionSelector (start, end) in one.</summary>
/// <param name="Score">Share of the question's attention to the document, 0 to 1; null where the passage was found otherwise.</param>
/// <param name="Verified">The quote stands verbatim at these offsets of the stored text.</param>
public sealed record Citation(string Quote, string Prefix, string Suffix, int Start, int End, int Page, bool Verified, double? Score = null);

public sealed record TokenUsage(long InputTokens, long CachedTokens, long OutputTokens, long PrefillMs, long DecodeMs);

public sealed record Timings(DateTimeOffset AcceptedAt, DateTimeOffset FinishedAt);
