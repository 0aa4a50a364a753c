using System.Globalization;

namespace Pipeline.Local.Triggers;

/// <summary>An NCRONTAB expression of six fields (second minute hour day month weekday), each <c>*</c>, <c>*/n</c>, a number or a list of numbers.</summary>
internal sealed class Schedule
{
    private static readonly (int First, int Last)[] Ranges = [(0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];
    private readonly HashSet<int>[] fields;

    /// <exception cref="FormatException">Another form.</exception>
    public Schedule(string expression)
    {
        var parts = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != Ranges.Length) throw new FormatException($"'{expression}' has {parts.Length} fields; a schedule has {Ranges.Length}.");
        fields = [.. parts.Select((part, i) => Field(part, Ranges[i]))];
    }

    /// <returns>The first time after <paramref name="now"/>, in UTC.</returns>
    public DateTimeOffset Next(DateTimeOffset now)
    {
        var utc = now.UtcDateTime;
        var next = new DateTimeOffset(utc.Year, utc.Month, utc.Day, utc.Hour, utc.Minute, utc.Second, TimeSpan.Zero).AddSeconds(1);
        while (true)
        {
            if (!fields[4].Contains(next.Month) || !fields[3].Contains(next.Day) || !fields[5].Contains((int)next.DayOfWeek)) next = new DateTimeOffset(next.Year, next.Month, next.Day, 0, 0, 0, TimeSpan.Zero).AddDays(1);
            else if (!fields[2].Contains(next.Hour)) next = new DateTimeOffset(next.Year, next.Month, next.Day, next.Hour, 0, 0, TimeSpan.Zero).AddHours(1);
            else if (!fields[1].Contains(next.Minute)) next = new DateTimeOffset(next.Year, next.Month, next.Day, next.Hour, next.Minute, 0, TimeSpan.Zero).AddMinutes(1);
            else if (!fields[0].Contains(next.Second)) next = next.AddSeconds(1);
            else return next;
        }
    }

    private static HashSet<int> Field(string text, (int First, int Last) range)
    {
        if (text == "*") return [.. Enumerable.Range(range.First, range.Last - range.First + 1)];
        if (text.StartsWith("*/", StringComparison.Ordinal))
        {
            var step = Number(text[2..], (1, range.Last));
            return [.. Enumerable.Range(range.First, range.Last - range.First + 1).Where(v => v % step == 0)];
        }

        return [.. text.Split(',').Select(t => Number(t, range))];
    }

    private static int Number(string text, (int First, int Last) range)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= range.First && value <= range.Last
            ? value
            : throw new FormatException($"'{text}' is not a number from {range.First} to {range.Last}.");
}
