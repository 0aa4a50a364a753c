using System.Text;

namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>Visual to logical order for lines with Hebrew or Arabic: the parts of Unicode UAX #9 that a line without marks needs.</summary>
internal static class Bidi
{
    /// <summary>Whether a text starts with a letter of a script written right to left.</summary>
    public static bool IsRightToLeft(string value) =>
        value.Length > 0 && value[0] is (>= '\u0590' and <= '\u08FF') or (>= '\uFB1D' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFC')
        && !char.IsDigit(value[0]);

    /// <summary>The glyphs of a line from right to left, with runs of other scripts and numbers turned back.</summary>
    public static List<Glyph> ToLogicalOrder(List<Glyph> glyphs)
    {
        var ordered = glyphs.OrderByDescending(glyph => glyph.Left).ToList();
        var i = 0;
        while (i < ordered.Count)
        {
            if (!IsLeftToRight(ordered[i].Value))
            {
                i++;
                continue;
            }

            // A run: left-to-right glyphs and the neutral ones between them.
            var last = i;
            for (var j = i + 1; j < ordered.Count && !IsRightToLeft(ordered[j].Value); j++)
            {
                last = IsLeftToRight(ordered[j].Value) ? j : last;
            }

            ordered.Reverse(i, last - i + 1);
            i = last + 1;
        }

        return ordered;
    }

    private static bool IsLeftToRight(string value) => value.Length > 0 && Rune.IsLetterOrDigit(Rune.GetRuneAt(value, 0)) && !IsRightToLeft(value);
}
