namespace Pipeline.Inference.Evidence;

/// <summary>A sentence, list item or table row of a document's text.</summary>
/// <param name="Start">First UTF-16 code unit.</param>
/// <param name="End">End, exclusive.</param>
/// <param name="Page">Its page, counted from 1.</param>
public readonly record struct SentenceSpan(int Start, int End, int Page);
