namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>Glyphs that follow each other on one baseline without a wide gap: a line of a column, or a cell of a table.</summary>
internal sealed class Fragment(List<Glyph> glyphs, int order)
{
    public List<Glyph> Glyphs { get; } = glyphs;

    /// <summary>Place in the page's content stream.</summary>
    public int Order { get; } = order;

    public double Left { get; } = glyphs.Min(glyph => glyph.Left);

    public double Right { get; } = glyphs.Max(glyph => glyph.Right);

    public double Baseline { get; } = glyphs[0].Baseline;

    public double Size { get; } = glyphs.Max(glyph => glyph.Size);

    /// <summary>Columns of type: wide characters of East Asia count twice.</summary>
    public int Columns { get; } = glyphs.Sum(glyph => glyph.Value.Length > 0 && glyph.Value[0] >= '\u2E80' ? 2 : glyph.Value.Length);

    /// <summary>Height of small letters above the baseline, about.</summary>
    public double Top => Baseline + (0.7 * Size);
}
