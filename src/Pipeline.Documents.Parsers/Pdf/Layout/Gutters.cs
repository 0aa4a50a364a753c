namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>Finds the x coordinates where a region may be cut: strips that few fragments cross, with many on both sides.</summary>
internal static class Gutters
{
    /// <summary>Strips looked at in one region.</summary>
    private const int Most = 8;

    /// <summary>Headings and running heads cross a gutter, and so does text above or below the columns.</summary>
    private const double MostCrossed = 0.35;

    private const int MostSteps = 4096;

    /// <param name="fragments">The fragments of a region.</param>
    /// <param name="narrowest">Width of the narrowest strip.</param>
    /// <returns>Middles of strips, the most promising first.</returns>
    public static List<double> Find(List<Fragment> fragments, double narrowest)
    {
        var left = fragments.Min(fragment => fragment.Left);
        var right = fragments.Max(fragment => fragment.Right);
        var step = Math.Max(narrowest / 4, (right - left) / MostSteps);
        if (!(step > 0) || right - left < 3 * narrowest)
        {
            return [];
        }

        var crossing = Crossing(fragments, left, step, (int)((right - left) / step) + 2);
        var found = new Dictionary<int, int>();
        foreach (var allowed in Thresholds(fragments.Count))
        {
            AddStrips(crossing, allowed, (int)Math.Ceiling(narrowest / step), found);
        }

        return [.. found
            .Select(strip => (Middle: left + (strip.Key * step), Crossed: strip.Value))
            .Select(strip => (strip.Middle, Score: Score(fragments, strip.Middle, strip.Crossed)))
            .Where(strip => strip.Score > 0)
            .OrderByDescending(strip => strip.Score)
            .Take(Most)
            .Select(strip => strip.Middle)];
    }

    private static IEnumerable<int> Thresholds(int count)
    {
        var most = (int)(count * MostCrossed);
        for (var allowed = 0; allowed < most; allowed = (allowed * 3 / 2) + 1)
        {
            yield return allowed;
        }

        yield return most;
    }

    /// <summary>Fragments over each step of the region's width.</summary>
    private static int[] Crossing(List<Fragment> fragments, double left, double step, int steps)
    {
        var crossing = new int[steps + 1];
        foreach (var fragment in fragments)
        {
            crossing[(int)((fragment.Left - left) / step)]++;
            crossing[Math.Min(steps, (int)Math.Ceiling((fragment.Right - left) / step))]--;
        }

        for (var i = 1; i <= steps; i++)
        {
            crossing[i] += crossing[i - 1];
        }

        return crossing;
    }

    private static void AddStrips(int[] crossing, int allowed, int fewestSteps, Dictionary<int, int> found)
    {
        var start = -1;
        for (var i = 0; i < crossing.Length; i++)
        {
            if (crossing[i] <= allowed)
            {
                start = start < 0 ? i : start;
                continue;
            }

            if (start > 0 && i - start >= fewestSteps)
            {
                found.TryAdd((start + i) / 2, allowed);
            }

            start = -1;
        }
    }

    private static int Score(List<Fragment> fragments, double middle, int crossed)
    {
        var before = fragments.Count(fragment => fragment.Right <= middle);
        var after = fragments.Count(fragment => fragment.Left >= middle);
        return Math.Min(before, after) - (crossed / 2);
    }
}
