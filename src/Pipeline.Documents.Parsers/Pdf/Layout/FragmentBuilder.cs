namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>Joins glyphs that follow each other in the content into fragments.</summary>
internal static class FragmentBuilder
{
    /// <summary>A gap wider than this part of the font size parts fragments.</summary>
    private const double WideGap = 1.0;

    private const double BaselineShift = 0.3;

    public static List<Fragment> Build(List<Glyph> glyphs)
    {
        var fragments = new List<Fragment>();
        var current = new List<Glyph>();
        foreach (var glyph in glyphs)
        {
            if (current.Count > 0 && !Follows(current, glyph))
            {
                fragments.Add(new(current, fragments.Count));
                current = [];
            }

            current.Add(glyph);
        }

        if (current.Count > 0)
        {
            fragments.Add(new(current, fragments.Count));
        }

        return fragments;
    }

    private static bool Follows(List<Glyph> current, Glyph glyph)
    {
        var last = current[^1];
        var size = Math.Max(last.Size, glyph.Size);
        if (Math.Abs(glyph.Baseline - last.Baseline) > BaselineShift * size)
        {
            return false;
        }

        var gap = glyph.Left - last.Right;
        if (gap < WideGap * size && gap > -0.5 * size)
        {
            return true;
        }

        // Arabic and Hebrew are often written right to left in the content too.
        var gapToLeft = last.Left - glyph.Right;
        return Bidi.IsRightToLeft(glyph.Value) && gapToLeft < WideGap * size && gapToLeft > -0.5 * size;
    }
}
