using Pipeline.Documents.Parsers.Pdf.Layout;

namespace Pipeline.Documents.Parsers.Pdf;

/// <summary>What a page gave.</summary>
/// <param name="Lines">Its lines in reading order, where it has a text layer.</param>
/// <param name="Recognized">Its paragraphs from OCR, where it has none.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why the outcome is not ok.</param>
internal sealed record PdfPageText(
    IReadOnlyList<TextLine> Lines, IReadOnlyList<TextBlock> Recognized, PageOutcome Outcome, string? Reason);
