namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>
/// Fragments to lines in reading order. A page is cut at gutters, strips that few fragments cross, between those that do. A gutter parts
/// columns where the content was written one side after the other, and cells of a table where it was written row by row.
/// </summary>
internal sealed class ReadingOrder(List<TextLine> output)
{
    private const int DeepestCut = 16;

    /// <summary>Narrowest gutter, in font sizes.</summary>
    private const double NarrowestGutter = 0.4;

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
        var size = MedianSize(fragments);
        if (depth < DeepestCut)
        {
            foreach (var middle in Gutters.Find(fragments, NarrowestGutter * size))
            {
                if (CutAt(fragments, middle, size, depth))
                {
                    return;
                }
            }
        }

        var column = new Column(fragments.Min(fragment => fragment.Left), fragments.Max(fragment => fragment.Right));
        LineBuilder.Append(fragments, column, output);
    }

    /// <summary>Cuts the bands beside a gutter whose sides are read apart; what lies between them is cut elsewhere.</summary>
    private bool CutAt(List<Fragment> fragments, double middle, double size, int depth)
    {
        var bands = Bands.Split(fragments, middle);
        var parts = bands.ConvertAll(band => band.IsAcross ? null : Parts(band.Fragments, middle, size));
        if (parts.TrueForAll(part => part is null))
        {
            return false;
        }

        var rest = new List<Fragment>();
        for (var i = 0; i < bands.Count; i++)
        {
            if (parts[i] is not { } cut)
            {
                rest.AddRange(bands[i].Fragments);
                continue;
            }

            CutAgain(rest, depth);
            rest = [];
            cut.ForEach(part => Cut(part, depth + 1));
        }

        CutAgain(rest, depth);
        return true;
    }

    private void CutAgain(List<Fragment> rest, int depth)
    {
        if (rest.Count > 0)
        {
            Cut(rest, depth + 1);
        }
    }

    /// <summary>The parts of a band in reading order; null where its rows are read across the gutter.</summary>
    private static List<List<Fragment>>? Parts(List<Fragment> band, double middle, double size)
    {
        var left = band.FindAll(fragment => fragment.Right <= middle);
        var right = band.FindAll(fragment => fragment.Right > middle);
        return left.Count > 0 && right.Count > 0 ? Decide(band, left, right, middle, size) : null;
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
