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
    CacheUse? Cache = null,
    int SchemaVersion = 1);

/// <param name="Tokens">With the model's system text and separators; null where it was never measured.</param>
public sealed record ResultDocument(string Name, string Sha256, long Bytes, string MediaType, IReadOnlyList<PageSpan> Pages, long? Tokens = null);

/// <param name="Label">Name of a sheet, chapter or entry.</param>
public sealed record PageSpan(int Number, int Start, int End, string Status = "ok", string? Label = null);

public sealed record ExtractionSummary(string Tool, IReadOnlyList<string> Warnings);

/// <param name="Revision">Hash of the model folder's files that decide its output.</param>
/// <param name="Engine">native, ort or genai; null where none ran.</param>
public sealed record ModelIdentity(string Name, string? Revision = null, string? Engine = null);

public enum AnswerStatus
{
    Answered,
    Failed,
}

/// <summary>One answer; <c>analyses/{id}/answers/{attempt}/{questionId}.json</c>, written once.</summary>
/// <param name="FinishReason"><c>stop</c>, or <c>length</c> where the token limit cut the answer.</param>
/// <param name="Evidence">Whether the citations come from the model's attention; null where there is no answer.</param>
/// <param name="NoAnswer">The document seems not to answer the question.</param>
/// <param name="Unsupported">Numbers, dates and names of the answer that no citation holds; null where attention shows none.</param>
/// <param name="Attention">Attention to equal parts of the text from its beginning to its end, each a share of the whole; null where it can't be seen.</param>
public sealed record Answer(
    string QuestionId,
    string Question,
    AnswerStatus Status,
    string Text,
    IReadOnlyList<Citation> Citations,
    TokenUsage Usage,
    CacheUse Cache,
    string? FinishReason = null,
    Problem? Error = null,
    EvidenceState? Evidence = null,
    bool NoAnswer = false,
    IReadOnlyList<AnswerPart>? Unsupported = null,
    IReadOnlyList<double>? Attention = null);

public enum EvidenceState
{
    /// <summary>Citations are passages that the question's attention went to.</summary>
    Found,

    /// <summary>The model folder has no calibration: citations are sentences that hold the answer word for word.</summary>
    NotCalibrated,

    /// <summary>The engine does not show its attention: citations as above.</summary>
    NotReadable,
}

/// <summary>A part of an answer's text, in UTF-16 code units, end exclusive.</summary>
public sealed record AnswerPart(int Start, int End);

/// <summary>A passage, as W3C TextQuoteSelector (quote, prefix, suffix) and TextPositionSelector (start, end) in one.</summary>
/// <param name="Score">Share of the question's attention to the document, 0 to 1; null where the passage was found otherwise.</param>
/// <param name="Verified">The quote stands verbatim at these offsets of the stored text.</param>
public sealed record Citation(string Quote, string Prefix, string Suffix, int Start, int End, int Page, bool Verified, double? Score = null);

public sealed record TokenUsage(long InputTokens, long CachedTokens, long OutputTokens, long PrefillMs, long DecodeMs);

/// <param name="ReadMs">Reading or restoring the document, by the last worker at it.</param>
/// <param name="AnswerMs">Answering the questions that were open then.</param>
public sealed record Timings(DateTimeOffset AcceptedAt, DateTimeOffset FinishedAt, long? ReadMs = null, long? AnswerMs = null);
