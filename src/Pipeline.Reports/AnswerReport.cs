namespace Pipeline.Reports;

/// <summary>What a report shows: a document, and answers with the passages they rest on. Offsets are UTF-16 code units into <see cref="Text"/>, end exclusive.</summary>
public sealed record AnswerReport
{
    /// <summary>The document's name: title and heading.</summary>
    public required string DocumentName { get; init; }

    /// <summary>Label and value of what a reader should know of the run: model, tokens, times, cache.</summary>
    public IReadOnlyList<ReportFact> Facts { get; init; } = [];

    /// <summary>What went wrong as a whole; null where nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>Notes on document or run.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Questions with their answers.</summary>
    public IReadOnlyList<ReportAnswer> Answers { get; init; } = [];

    /// <summary>The document's text; empty shows answers alone.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>Pages in order; text between them is shown with the page before it.</summary>
    public IReadOnlyList<ReportPage> Pages { get; init; } = [];
}

/// <summary>A labelled value.</summary>
public sealed record ReportFact(string Label, string Value);

/// <summary>A page, slide, sheet or chapter.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Start">First code unit.</param>
/// <param name="End">End, exclusive.</param>
/// <param name="Label">Name of a sheet, chapter or entry, or null.</param>
public sealed record ReportPage(int Number, int Start, int End, string? Label = null);

/// <summary>One question.</summary>
public sealed record ReportAnswer
{
    /// <summary>The question.</summary>
    public required string Question { get; init; }

    /// <summary>The answer; empty where there is none.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>Why there is no answer, or null.</summary>
    public string? Error { get; init; }

    /// <summary>Short remarks below the answer: tokens, cut at a limit, why there is no evidence.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Passages the answer rests on, the best first.</summary>
    public IReadOnlyList<ReportPassage> Passages { get; init; } = [];

    /// <summary>Parts of <see cref="Text"/> that none of the passages holds, in order.</summary>
    public IReadOnlyList<ReportSpan> Unsupported { get; init; } = [];

    /// <summary>Attention to equal parts of the document's text, from its beginning to its end; none where it was not measured.</summary>
    public IReadOnlyList<double> Attention { get; init; } = [];
}

/// <summary>A passage of the document.</summary>
/// <param name="Page">Its page.</param>
/// <param name="Start">First code unit.</param>
/// <param name="End">End, exclusive.</param>
/// <param name="Score">Share of the attention, 0 to 1; null where the passage was found otherwise.</param>
public sealed record ReportPassage(int Page, int Start, int End, double? Score = null);

/// <summary>A part of a text.</summary>
public readonly record struct ReportSpan(int Start, int End);
