using System.Text;

namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>Joins fragments on one baseline into lines and table rows.</summary>
internal static class LineBuilder
{
    /// <summary>Gap between words, in font sizes.</summary>
    private const double WordGap = 0.15;

    /// <summary>Gap between cells, in font sizes.</summary>
    private const double CellGap = 1.0;

    public static void Append(List<Fragment> fragments, Column column, List<TextLine> output)
    {
        var rows = Rows(fragments);
        var gaps = rows.Select(CellGaps).ToArray();
        for (var i = 0; i < rows.Count; i++)
        {
            var beside = (i > 0 ? gaps[i - 1] : 0) + (i + 1 < gaps.Length ? gaps[i + 1] : 0);
            var isRow = gaps[i] >= 2 || (gaps[i] == 1 && beside > 0 && !ListMark.IsMark(TextOf(rows[i][0].Glyphs)));
            output.Add(Line(rows[i], isRow, column));
        }
    }

    private static List<List<Fragment>> Rows(List<Fragment> fragments)
    {
        var rows = new List<List<Fragment>>();
        Fragment? largest = null;
        foreach (var fragment in fragments.OrderByDescending(fragment => fragment.Baseline).ThenBy(fragment => fragment.Left))
        {
            if (largest is null || !Overlaps(largest, fragment))
            {
                rows.Add([]);
                largest = fragment;
            }
            else if (fragment.Size > largest.Size)
            {
                largest = fragment;
            }

            rows[^1].Add(fragment);
        }

        return rows.ConvertAll(row => row.OrderBy(fragment => fragment.Left).ToList());
    }

    /// <summary>Whether two fragments share half the height of the smaller: a raised note mark does, the next line does not.</summary>
    private static bool Overlaps(Fragment a, Fragment b)
    {
        var shared = Math.Min(a.Top, b.Top) - Math.Max(a.Baseline, b.Baseline);
        return shared >= 0.5 * Math.Min(a.Top - a.Baseline, b.Top - b.Baseline);
    }

    private static int CellGaps(List<Fragment> row)
    {
        var gaps = 0;
        for (var i = 1; i < row.Count; i++)
        {
            gaps += row[i].Left - row[i - 1].Right > CellGap * Math.Max(row[i].Size, row[i - 1].Size) ? 1 : 0;
        }

        return gaps;
    }

    private static TextLine Line(List<Fragment> row, bool isRow, Column column)
    {
        var widest = row.MaxBy(fragment => fragment.Right - fragment.Left)!;
        var rightToLeft = row.Sum(fragment => fragment.RightToLeft)
            > row.Sum(fragment => fragment.Glyphs.Count) / 3;
        var text = rightToLeft ? RightToLeft(row) : LeftToRight(row, isRow);
        return new(
            text, row[0].Left, row.Max(fragment => fragment.Right), widest.Baseline, widest.Size,
            row.TrueForAll(fragment => fragment.Glyphs.TrueForAll(glyph => glyph.Bold)), isRow, column);
    }

    private static string LeftToRight(List<Fragment> row, bool isRow)
    {
        var text = new StringBuilder();
        for (var i = 0; i < row.Count; i++)
        {
            if (i > 0)
            {
                var gap = row[i].Left - row[i - 1].Right;
                var size = Math.Max(row[i].Size, row[i - 1].Size);
                var isCell = isRow && gap > CellGap * size;
                text.Append(isCell ? "\t" : gap > WordGap * size || row[i].Glyphs[0].SpaceBefore ? " " : string.Empty);
            }

            AppendGlyphs(row[i].Glyphs, text);
        }

        return text.ToString();
    }

    private static string RightToLeft(List<Fragment> row)
    {
        var logical = Bidi.ToLogicalOrder([.. row.SelectMany(fragment => fragment.Glyphs)]);
        var text = new StringBuilder();
        for (var i = 0; i < logical.Count; i++)
        {
            if (i > 0)
            {
                var (a, b) = logical[i].Left < logical[i - 1].Left ? (logical[i], logical[i - 1]) : (logical[i - 1], logical[i]);
                text.Append(b.Left - a.Right > WordGap * Math.Max(a.Size, b.Size) ? " " : string.Empty);
            }

            text.Append(logical[i].Value);
        }

        return text.ToString();
    }

    private static string TextOf(List<Glyph> glyphs)
    {
        var text = new StringBuilder();
        AppendGlyphs(glyphs, text);
        return text.ToString();
    }

    private static void AppendGlyphs(List<Glyph> glyphs, StringBuilder text)
    {
        for (var i = 0; i < glyphs.Count; i++)
        {
            var glyph = glyphs[i];
            if (i > 0 && (glyph.SpaceBefore || glyph.Left - glyphs[i - 1].Right > WordGap * glyph.Size))
            {
                text.Append(' ');
            }

            text.Append(glyph.Value);
        }
    }
}
