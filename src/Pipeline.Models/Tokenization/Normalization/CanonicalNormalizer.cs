using System.Text;
using Pipeline.Models.Unicode;

namespace Pipeline.Models.Tokenization.Normalization;

/// <summary>
/// Unicode normalisation, stretch by stretch between places where nothing interacts; what is normal already keeps its places, a stretch
/// that changes maps as a whole.
/// </summary>
internal sealed class CanonicalNormalizer(NormalizationForm form) : TextNormalizer
{
    private readonly CodePointNormalizer normalizer = new(form);

    public override MappedText Apply(MappedText text)
    {
        var span = text.Text.Span;
        MappedTextBuilder? builder = null;
        var points = new List<int>();
        var copied = 0;
        for (var at = NextAffected(span, 0); at < span.Length; at = NextAffected(span, at))
        {
            var end = ReadStretch(span, at, points);
            var before = points.ToArray();
            normalizer.Normalize(points);
            if (!points.SequenceEqual(before))
            {
                builder ??= new MappedTextBuilder(text);
                builder.Copy(copied, at - copied);
                builder.Replace(at, end - at, string.Concat(points.Select(point => new Rune(point).ToString())));
                copied = end;
            }

            at = end;
        }

        if (builder is null)
        {
            return text;
        }

        builder.Copy(copied, span.Length - copied);
        return builder.Build();
    }

    /// <summary>Where the next stretch starts that might change: at the character before the first affected one.</summary>
    private int NextAffected(ReadOnlySpan<char> span, int from)
    {
        var offset = span[from..].IndexOfAnyInRange(normalizer.FirstAffected, char.MaxValue);
        return offset < 0 ? span.Length : from + Math.Max(offset - 1, 0);
    }

    private int ReadStretch(ReadOnlySpan<char> span, int start, List<int> points)
    {
        points.Clear();
        var at = start;
        do
        {
            Rune.DecodeFromUtf16(span[at..], out var rune, out var width);
            points.Add(rune.Value);
            at += width;
        }
        while (at < span.Length && !IsBoundary(span[at..]));
        return at;
    }

    private bool IsBoundary(ReadOnlySpan<char> span)
    {
        Rune.DecodeFromUtf16(span, out var rune, out _);
        return normalizer.IsBoundary(rune.Value);
    }
}
