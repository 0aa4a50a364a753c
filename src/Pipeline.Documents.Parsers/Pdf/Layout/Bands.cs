namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>Fragments below each other: either all beside a gutter, or some across it.</summary>
internal sealed record Band(List<Fragment> Fragments, bool IsAcross);

/// <summary>Cuts a region, from top to bottom, at the fragments that lie across a gutter.</summary>
internal static class Bands
{
    /// <summary>Baselines closer than this, in font sizes, are one row.</summary>
    private const double SameRow = 0.4;

    public static List<Band> Split(List<Fragment> fragments, double middle)
    {
        var bands = new List<Band>();
        Fragment? across = null;
        foreach (var fragment in fragments.OrderByDescending(fragment => fragment.Baseline).ThenBy(fragment => fragment.Left))
        {
            var crosses = fragment.Left < middle && fragment.Right > middle;
            var besideAcross = across is not null && IsSameRow(across, fragment);
            across = crosses ? fragment : across;
            if (bands.Count == 0 || bands[^1].IsAcross != (crosses || besideAcross))
            {
                bands.Add(new([], crosses || besideAcross));
                if (crosses && bands.Count > 1)
                {
                    MoveRow(bands[^2].Fragments, bands[^1].Fragments, fragment);
                }
            }

            bands[^1].Fragments.Add(fragment);
        }

        return bands.FindAll(band => band.Fragments.Count > 0);
    }

    /// <summary>What stands on the row of a fragment that crosses belongs to it.</summary>
    private static void MoveRow(List<Fragment> from, List<Fragment> to, Fragment across)
    {
        while (from.Count > 0 && IsSameRow(across, from[^1]))
        {
            to.Add(from[^1]);
            from.RemoveAt(from.Count - 1);
        }
    }

    private static bool IsSameRow(Fragment a, Fragment b) => Math.Abs(a.Baseline - b.Baseline) < SameRow * Math.Max(a.Size, b.Size);
}
