using Pipeline.Documents.Parsers.Building;

namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>A paragraph, list item or table row of a page.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text in one line, hyphenation at line ends undone.</param>
/// <param name="Size">Font size.</param>
/// <param name="Bold">Whether all of it is bold.</param>
/// <param name="Lines">Lines it had on the page.</param>
internal sealed record TextBlock(BlockKind Kind, string Text, double Size, bool Bold, int Lines);
