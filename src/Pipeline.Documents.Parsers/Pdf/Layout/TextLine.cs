namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>A line of text or a table row, in reading order.</summary>
/// <param name="Text">Its text; cells of a row are set apart by tabs.</param>
/// <param name="Left">Left end.</param>
/// <param name="Right">Right end.</param>
/// <param name="Baseline">Height of the baseline.</param>
/// <param name="Size">Font size of most of it.</param>
/// <param name="Bold">Whether all of it is bold.</param>
/// <param name="IsRow">Whether it is a table row.</param>
/// <param name="Column">The column it stands in: lines of one column follow each other.</param>
internal sealed record TextLine(
    string Text, double Left, double Right, double Baseline, double Size, bool Bold, bool IsRow, Column Column);

/// <summary>A column of text on a page.</summary>
internal sealed record Column(double Left, double Right)
{
    public double Width => Right - Left;
}
