using System.Globalization;
using System.Text;

namespace Pipeline.Documents.Parsers.Sheets;

/// <summary>Serial numbers as dates and times (ECMA-376 part 1, 18.17.4).</summary>
internal static class DateFormat
{
    private const int DaysFrom1900To1904 = 1462;

    /// <summary>Serial 60 is 29 February 1900, which never was; days before it count from a day later.</summary>
    private const double PhantomDay = 60;

    /// <summary>31 December 9999.</summary>
    private const double LastDay = 2_958_466;

    public static string Format(double serial, List<FormatToken> tokens, bool from1904)
    {
        var days = from1904 ? serial + DaysFrom1900To1904 : serial;
        if (days is < 0 or >= LastDay)
        {
            return serial.ToString(CultureInfo.InvariantCulture);
        }

        // Rounded to what is shown: a third of a day has no exact number.
        var unit = tokens.Exists(token => token.IsDigit && token.Text == "0") ? 1 : TimeSpan.MillisecondsPerSecond;
        var time = TimeSpan.FromMilliseconds(Math.Round(days * TimeSpan.MillisecondsPerDay / unit) * unit);
        var date = new DateTime(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified) + time + (days < PhantomDay && days >= 1 ? TimeSpan.FromDays(1) : TimeSpan.Zero);
        var half = tokens.Exists(token => token.Text == "AM/PM");
        var text = new StringBuilder();
        for (var i = 0; i < tokens.Count; i++)
        {
            text.Append(tokens[i].IsDate ? Part(date, time, tokens, i, half) : Digits(date, tokens, i));
        }

        return text.ToString().Trim();
    }

    private static string Part(DateTime date, TimeSpan time, List<FormatToken> tokens, int at, bool half)
    {
        var culture = CultureInfo.InvariantCulture;
        var hour = half ? ((date.Hour + 11) % 12) + 1 : date.Hour;
        return tokens[at].Text switch
        {
            "AM/PM" => date.Hour < 12 ? "AM" : "PM",
            "[h]" => ((long)time.TotalHours).ToString(culture),
            "[m]" => ((long)time.TotalMinutes).ToString(culture),
            "[s]" => ((long)time.TotalSeconds).ToString(culture),
            "y" or "yy" => date.ToString("yy", culture),
            ['y', ..] => date.ToString("yyyy", culture),
            "m" when IsMinute(tokens, at) => date.Minute.ToString(culture),
            "mm" when IsMinute(tokens, at) => date.ToString("mm", culture),
            "m" => date.Month.ToString(culture),
            "mm" => date.ToString("MM", culture),
            "mmm" => date.ToString("MMM", culture),
            "mmmmm" => date.ToString("MMM", culture)[..1],
            ['m', ..] => date.ToString("MMMM", culture),
            "d" => date.Day.ToString(culture),
            "dd" => date.ToString("dd", culture),
            "ddd" => date.ToString("ddd", culture),
            ['d', ..] => date.ToString("dddd", culture),
            "h" => hour.ToString(culture),
            ['h', ..] => hour.ToString("00", culture),
            "s" => date.Second.ToString(culture),
            _ => date.ToString("ss", culture),
        };
    }

    /// <summary>An m after hours or before seconds stands for minutes.</summary>
    private static bool IsMinute(List<FormatToken> tokens, int at)
    {
        var before = at > 0 ? tokens.FindLastIndex(at - 1, token => token.IsDate) : -1;
        var after = tokens.FindIndex(at + 1, token => token.IsDate);
        return (before >= 0 && tokens[before].Text is ['h', ..] or "[h]") || (after >= 0 && tokens[after].Text is ['s', ..]);
    }

    /// <summary>Digits in a date format are fractions of a second (<c>ss.0</c>); a bare point, comma or slash is itself.</summary>
    private static string Digits(DateTime date, List<FormatToken> tokens, int at) => tokens[at] switch
    {
        { IsDigit: true, Text: "0" } => (date.Millisecond / 100).ToString(CultureInfo.InvariantCulture),
        var token => token.Text,
    };
}
