namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>Glyphs that follow each other on one baseline without a wide gap: a line of a column, or a cell of a table.</summary>
internal sealed class Fragment
{
    /// <param name="glyphs">Its glyphs in content order; not empty.</param>
    /// <param name="order">Place in the page's content stream.</param>
    public Fragment(List<Glyph> glyphs, int order)
    {
        Glyphs = glyphs;
        Order = order;
        Baseline = glyphs[0].Baseline;
        Left = double.PositiveInfinity;
        Right = double.NegativeInfinity;
        foreach (ref readonly var glyph in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(glyphs))
        {
            Left = Math.Min(Left, glyph.Left);
            Right = Math.Max(Right, glyph.Right);
            Size = Math.Max(Size, glyph.Size);
            Columns += glyph.Value.Length > 0 && glyph.Value[0] >= '\u2E80' ? 2 : glyph.Value.Length;
            RightToLeft += Bidi.IsRightToLeft(glyph.Value) ? 1 : 0;
        }
    }

    public List<Glyph> Glyphs { get; }

    /// <summary>Place in the page's content stream.</summary>
    public int Order { get; }

    public double Left { get; }

    public double Right { get; }

    public double Baseline { get; }

    public double Size { get; }

    /// <summary>Columns of type: wide characters of East Asia count twice.</summary>
    public int Columns { get; }

    /// <summary>Glyphs of scripts written right to left.</summary>
    public int RightToLeft { get; }

    /// <summary>Height of small letters above the baseline, about.</summary>
    public double Top => Baseline + (0.7 * Size);
}
