namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>A strip without text, between two x coordinates.</summary>
internal readonly record struct Gutter(double Left, double Right);

/// <summary>Fragments below each other that leave common gutters free.</summary>
internal sealed record Band(List<Fragment> Fragments, List<Gutter> Gutters);

/// <summary>Cuts fragments, from top to bottom, into bands: a fragment that would close the last gutter starts a new one.</summary>
internal static class Bands
{
    /// <param name="fragments">The fragments of a region.</param>
    /// <param name="narrowest">Width of the narrowest gutter.</param>
    public static IEnumerable<Band> Split(List<Fragment> fragments, double narrowest)
    {
        var left = fragments.Min(fragment => fragment.Left);
        var right = fragments.Max(fragment => fragment.Right);
        var free = new List<Gutter> { new(left - narrowest, right + narrowest) };
        var band = new List<Fragment>();
        foreach (var fragment in fragments.OrderByDescending(fragment => fragment.Baseline).ThenBy(fragment => fragment.Left))
        {
            var rest = Without(free, fragment, narrowest);
            if (band.Count > 0 && !rest.Exists(gutter => IsInside(gutter, left, right)))
            {
                yield return new(band, Inner(free, band));
                band = [];
                rest = Without([new(left - narrowest, right + narrowest)], fragment, narrowest);
            }

            band.Add(fragment);
            free = rest;
        }

        if (band.Count > 0)
        {
            yield return new(band, Inner(free, band));
        }
    }

    private static List<Gutter> Without(List<Gutter> free, Fragment fragment, double narrowest)
    {
        var rest = new List<Gutter>(free.Count + 1);
        foreach (var gutter in free)
        {
            if (fragment.Right <= gutter.Left || fragment.Left >= gutter.Right)
            {
                rest.Add(gutter);
                continue;
            }

            if (fragment.Left - gutter.Left >= narrowest)
            {
                rest.Add(gutter with { Right = fragment.Left });
            }

            if (gutter.Right - fragment.Right >= narrowest)
            {
                rest.Add(gutter with { Left = fragment.Right });
            }
        }

        return rest;
    }

    private static bool IsInside(Gutter gutter, double left, double right) => gutter.Right > left + 1e-6 && gutter.Left < right - 1e-6;

    /// <summary>Gutters with fragments on both sides.</summary>
    private static List<Gutter> Inner(List<Gutter> free, List<Fragment> band) =>
        free.FindAll(gutter => band.Exists(fragment => fragment.Right <= gutter.Left) && band.Exists(fragment => fragment.Left >= gutter.Right));
}
