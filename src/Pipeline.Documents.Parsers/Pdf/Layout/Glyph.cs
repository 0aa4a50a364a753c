namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>A character on a page in the frame of its own direction: x grows along the line, y grows upwards. Units are points.</summary>
/// <param name="Value">Its text, ligatures expanded.</param>
/// <param name="Left">Start of its advance.</param>
/// <param name="Right">End of its advance.</param>
/// <param name="Baseline">Height of its baseline.</param>
/// <param name="Size">Font size.</param>
/// <param name="Bold">Whether its font calls itself bold.</param>
/// <param name="SpaceBefore">Whether the content has a blank before it.</param>
internal readonly record struct Glyph(string Value, double Left, double Right, double Baseline, double Size, bool Bold, bool SpaceBefore);
