using UglyToad.PdfPig.Content;

namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>The letters of a page as glyphs, one list for each direction of writing; letters drawn twice for weight come once.</summary>
internal static class GlyphReader
{
    private const int DirectionStep = 15;

    /// <returns>Lists in the order of their first letter; the most frequent direction comes first.</returns>
    public static List<List<Glyph>> Read(IReadOnlyList<Letter> letters)
    {
        var byDirection = new Dictionary<int, Collector>();
        foreach (var letter in letters)
        {
            var direction = DirectionOf(letter);
            if (!byDirection.TryGetValue(direction, out var collector))
            {
                byDirection[direction] = collector = new Collector(direction);
            }

            collector.Add(letter);
        }

        return [.. byDirection.Values.Select(collector => collector.Glyphs).OrderByDescending(glyphs => glyphs.Count)];
    }

    /// <summary>Degrees counter-clockwise, in steps of fifteen.</summary>
    private static int DirectionOf(Letter letter)
    {
        var x = letter.EndBaseLine.X - letter.StartBaseLine.X;
        var y = letter.EndBaseLine.Y - letter.StartBaseLine.Y;
        if (y == 0 || !double.IsFinite(x) || !double.IsFinite(y))
        {
            return x < 0 ? 180 : 0;
        }

        var degrees = Math.Atan2(y, x) * 180 / Math.PI;
        return ((int)Math.Round(degrees / DirectionStep) * DirectionStep + 360) % 360;
    }

    private sealed class Collector(int degrees)
    {
        private readonly double cos = Math.Cos(degrees * Math.PI / 180);
        private readonly double sin = Math.Sin(degrees * Math.PI / 180);
        private readonly HashSet<(int Character, int X, int Y)> seen = [];
        private bool spaceBefore;

        public List<Glyph> Glyphs { get; } = [];

        public void Add(Letter letter)
        {
            var value = Presentation.Expand(letter.Value ?? string.Empty);
            if (string.IsNullOrWhiteSpace(value))
            {
                spaceBefore |= value is { Length: > 0 };
                return;
            }

            var start = letter.StartBaseLine;
            var end = letter.EndBaseLine;
            var left = (start.X * cos) + (start.Y * sin);
            var right = (end.X * cos) + (end.Y * sin);
            var baseline = (start.Y * cos) - (start.X * sin);
            var size = SizeOf(letter);
            if (!double.IsFinite(left + right + baseline) || Math.Abs(left) > 1e6 || Math.Abs(baseline) > 1e6 || IsRepeated(value, left, baseline, size))
            {
                return;
            }

            Glyphs.Add(new(
                value, Math.Min(left, right), Math.Max(left, right), baseline, size, letter.FontDetails?.IsBold ?? false, spaceBefore));
            spaceBefore = false;
        }

        /// <summary>The same letter within a sixth of its size was drawn before: a shadow or a fake bold.</summary>
        private bool IsRepeated(string value, double left, double baseline, double size)
        {
            // Two grids, half a step apart: what is close falls into one cell of either.
            var x = left / (size / 6);
            var y = (int)Math.Round(baseline / (size / 6));
            var first = seen.Add((value[0], (int)Math.Floor(x), y));
            var second = seen.Add((~value[0], (int)Math.Floor(x + 0.5), y));
            return !first || !second;
        }

        private static double SizeOf(Letter letter)
        {
            var size = letter.PointSize;
            if (!double.IsFinite(size) || size < 0.5)
            {
                size = letter.BoundingBox.Height;
            }

            return double.IsFinite(size) ? Math.Clamp(size, 0.5, 500) : 10;
        }
    }
}
