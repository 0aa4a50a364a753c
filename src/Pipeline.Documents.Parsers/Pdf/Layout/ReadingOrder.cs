namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>
/// Fragments to lines in reading order. A page is cut into bands that share a gutter (a strip no fragment crosses); a gutter parts columns
/// where the content was written one side after the other, and cells of a table where it was written row by row.
/// </summary>
internal sealed class ReadingOrder(List<TextLine> output)
{
    private const int DeepestCut = 16;

    /// <summary>Narrowest gutter, in font sizes.</summary>
    private const double NarrowestGutter = 0.7;

    /// <summary>Lines of running text have at least so many columns of type, in the middle of a side.</summary>
    private const int ProseColumns = 18;

    public void Add(List<Fragment> fragments)
    {
        if (fragments.Count > 0)
        {
            Cut(fragments, 0);
        }
    }

    private void Cut(List<Fragment> fragments, int depth)
    {
        var column = new Column(fragments.Min(fragment => fragment.Left), fragments.Max(fragment => fragment.Right));
        var size = MedianSize(fragments);
        var plain = new List<Fragment>();
        foreach (var band in Bands.Split(fragments, NarrowestGutter * size))
        {
            var parts = depth < DeepestCut && band.Fragments.Count > 1 ? Parts(band, size) : null;
            if (parts is null)
            {
                plain.AddRange(band.Fragments);
                continue;
            }

            LineBuilder.Append(plain, column, output);
            plain = [];
            foreach (var part in parts)
            {
                Cut(part, depth + 1);
            }
        }

        LineBuilder.Append(plain, column, output);
    }

    /// <summary>The parts of a band in reading order; null where it is not cut.</summary>
    private static List<List<Fragment>>? Parts(Band band, double size)
    {
        foreach (var gutter in band.Gutters.OrderByDescending(gutter => gutter.Right - gutter.Left))
        {
            var middle = (gutter.Left + gutter.Right) / 2;
            var left = band.Fragments.Where(fragment => fragment.Right <= middle).ToList();
            var right = band.Fragments.Where(fragment => fragment.Right > middle).ToList();
            if (left.Count > 0 && right.Count > 0 && Decide(band.Fragments, left, right, middle, size) is { } parts)
            {
                return parts;
            }
        }

        return null;
    }

    private static List<List<Fragment>>? Decide(
        List<Fragment> all, List<Fragment> left, List<Fragment> right, double middle, double size)
    {
        var rows = Math.Min(Rows(left, size), Rows(right, size));
        if (rows < 2)
        {
            return null;
        }

        var runs = Runs(all, middle);
        var switches = runs.Count - 1;
        var prose = MedianColumns(left) >= ProseColumns && MedianColumns(right) >= ProseColumns;
        var sequential = switches <= Math.Max(1, rows / 3);
        if (sequential && (prose || AlignedShare(left, right, size) < 0.8))
        {
            return [left, right];
        }

        // Cells of several lines, written cell by cell: each run is read on its own.
        return prose && !sequential && switches * 2 <= rows ? runs : null;
    }

    /// <summary>Stretches of the content that stay on one side of the gutter.</summary>
    private static List<List<Fragment>> Runs(List<Fragment> fragments, double middle)
    {
        var runs = new List<List<Fragment>>();
        bool? side = null;
        foreach (var fragment in fragments.OrderBy(fragment => fragment.Order))
        {
            var isRight = fragment.Right > middle;
            if (side != isRight)
            {
                runs.Add([]);
                side = isRight;
            }

            runs[^1].Add(fragment);
        }

        return runs;
    }

    private static int Rows(List<Fragment> fragments, double size)
    {
        var rows = 0;
        var last = double.PositiveInfinity;
        foreach (var baseline in fragments.Select(fragment => fragment.Baseline).OrderDescending())
        {
            if (last - baseline > size / 2)
            {
                rows++;
                last = baseline;
            }
        }

        return rows;
    }

    /// <summary>Share of the shorter side's lines that stand on a baseline of the other side.</summary>
    private static double AlignedShare(List<Fragment> left, List<Fragment> right, double size)
    {
        var (few, many) = left.Count <= right.Count ? (left, right) : (right, left);
        var baselines = many.Select(fragment => fragment.Baseline).Order().ToArray();
        var aligned = few.Count(fragment =>
        {
            var at = Array.BinarySearch(baselines, fragment.Baseline - (size / 5));
            at = at < 0 ? ~at : at;
            return at < baselines.Length && baselines[at] <= fragment.Baseline + (size / 5);
        });
        return (double)aligned / few.Count;
    }

    private static double MedianSize(List<Fragment> fragments)
    {
        var sizes = fragments.Select(fragment => fragment.Size).Order().ToArray();
        return sizes[sizes.Length / 2];
    }

    private static int MedianColumns(List<Fragment> fragments)
    {
        var columns = fragments.Select(fragment => fragment.Columns).Order().ToArray();
        return columns[columns.Length / 2];
    }
}
