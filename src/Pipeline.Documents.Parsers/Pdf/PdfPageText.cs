using Pipeline.Documents.Parsers.Pdf.Layout;

namespace Pipeline.Documents.Parsers.Pdf;

/// <summary>What a page gave.</summary>
/// <param name="Blocks">Its text in reading order.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why the outcome is not ok.</param>
internal sealed record PdfPageText(IReadOnlyList<TextBlock> Blocks, PageOutcome Outcome, string? Reason);
