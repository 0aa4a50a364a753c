using System.Text;

namespace Pipeline.Models.Unicode;

/// <summary>The four normalisation forms of Unicode Standard Annex 15, on code points.</summary>
internal sealed class CodePointNormalizer(NormalizationForm form)
{
    private readonly NormalizationData data = NormalizationData.Instance;
    private readonly bool compatible = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
    private readonly bool composes = form is NormalizationForm.FormC or NormalizationForm.FormKC;

    /// <summary>Units below this are unchanged, and independent of what is before them.</summary>
    public char FirstAffected { get; } = form == NormalizationForm.FormC ? '\u0300' : '\u0080';

    /// <summary>True where nothing before the code point changes with it.</summary>
    public bool IsBoundary(int codePoint)
    {
        if (codePoint < FirstAffected)
        {
            return true;
        }

        var first = codePoint;
        while (data.Decomposition(first, compatible) is { } points)
        {
            first = points[0];
        }

        return data.CombiningClass(first) == 0 && !(composes && (data.ComposesBackward(first) || HangulSyllables.ComposesBackward(first)));
    }

    /// <summary>Normalises code points in place.</summary>
    public void Normalize(List<int> points)
    {
        var decomposed = new List<int>(points.Count * 2);
        points.ForEach(point => Decompose(point, decomposed));
        Reorder(decomposed);
        points.Clear();
        if (composes)
        {
            Compose(decomposed, points);
        }
        else
        {
            points.AddRange(decomposed);
        }
    }

    private void Decompose(int point, List<int> target)
    {
        if (HangulSyllables.IsSyllable(point))
        {
            HangulSyllables.Decompose(point, target);
        }
        else if (data.Decomposition(point, compatible) is { } parts)
        {
            Array.ForEach(parts, part => Decompose(part, target));
        }
        else
        {
            target.Add(point);
        }
    }

    /// <summary>Sorts each run of combining marks by class, equal classes in their order.</summary>
    private void Reorder(List<int> points)
    {
        for (var start = 0; start < points.Count; start++)
        {
            var end = start;
            while (end < points.Count && data.CombiningClass(points[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                var sorted = points.GetRange(start, end - start).OrderBy(data.CombiningClass).ToList();
                for (var i = 0; i < sorted.Count; i++)
                {
                    points[start + i] = sorted[i];
                }
            }

            start = end;
        }
    }

    private void Compose(List<int> points, List<int> target)
    {
        var starter = -1;
        var lastClass = -1;
        foreach (var point in points)
        {
            var combining = data.CombiningClass(point);
            // Blocked: a mark of the same or a higher class, or another starter, stands between (lastClass is -1 right after the starter).
            var composed = starter >= 0 && lastClass < combining ? ComposePair(target[starter], point) : -1;
            if (composed >= 0)
            {
                target[starter] = composed;
                continue;
            }

            target.Add(point);
            if (combining == 0)
            {
                (starter, lastClass) = (target.Count - 1, -1);
            }
            else
            {
                lastClass = combining;
            }
        }
    }

    private int ComposePair(int first, int second) => HangulSyllables.Compose(first, second) is >= 0 and var syllable ? syllable : data.Composition(first, second);
}
