namespace Pipeline.Inference.Evidence;

/// <summary>
/// A verbatim passage of a document: W3C Web Annotation's TextQuoteSelector (exact, prefix, suffix) and TextPositionSelector (start, end) in one.
/// </summary>
/// <param name="Exact">The passage, word for word.</param>
/// <param name="Prefix">Text directly before it.</param>
/// <param name="Suffix">Text directly after it.</param>
/// <param name="Start">First UTF-16 code unit in the stored text.</param>
/// <param name="End">End, exclusive.</param>
/// <param name="Page">Its page, counted from 1.</param>
/// <param name="Score">Share of the question's attention to the document, 0 to 1.</param>
public sealed record EvidencePassage(string Exact, string Prefix, string Suffix, int Start, int End, int Page, double Score);
