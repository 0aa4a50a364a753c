using System.Globalization;
using System.Text;

namespace Pipeline.Documents.Parsers.Sheets;

/// <summary>
/// Numbers as a spreadsheet shows them (ECMA-376 part 1, 18.8.31): sections for signs, grouping, decimals, percentages, exponents, dates.
/// Colours, conditions, fill and fractions are not shown; names of months and days are English.
/// </summary>
internal static class NumberFormat
{
    private const int GeneralDigits = 10;

    public static string Format(double value, string format, bool from1904)
    {
        if (!double.IsFinite(value) || string.Equals(format, "General", StringComparison.OrdinalIgnoreCase) || format == "@")
        {
            return General(value);
        }

        var sections = FormatTokens.Sections(format);
        var isNegative = value < 0 && sections.Count > 1;
        var section = sections[isNegative ? 1 : value == 0 && sections.Count > 2 ? 2 : 0];
        var tokens = FormatTokens.Read(section);
        if (tokens.Exists(token => token.IsDate))
        {
            return DateFormat.Format(value, tokens, from1904);
        }

        return Number(isNegative ? -value : value, tokens);
    }

    /// <summary>Up to ten digits, as cells of ordinary width show.</summary>
    private static string General(double value)
    {
        var magnitude = Math.Abs(value);
        var exponent = magnitude is not 0 and (< 1e-5 or >= 1e15);
        return exponent
            ? value.ToString("0.#####E+00", CultureInfo.InvariantCulture)
            : Math.Round(value, Math.Clamp(GeneralDigits - (int)Math.Max(0, Math.Floor(Math.Log10(Math.Max(magnitude, 1)))), 0, 15)).ToString("0.##############", CultureInfo.InvariantCulture);
    }

    private static string Number(double value, List<FormatToken> tokens)
    {
        var pattern = string.Concat(tokens.Where(token => token.IsDigit).Select(token => token.Text));
        if (pattern.Length == 0)
        {
            // A format of words only ("n/a"), or one without any place for digits.
            return string.Concat(tokens.Where(token => token.IsLiteral).Select(token => token.Text)).Trim() is { Length: > 0 } words ? words : General(value);
        }

        value *= Math.Pow(100, tokens.Count(token => token.IsPercent));
        if (pattern.Contains('/', StringComparison.Ordinal))
        {
            pattern = "0.######";
        }

        // Each comma at the end takes a thousand away.
        var scaled = pattern.TrimEnd(',');
        value /= Math.Pow(1000, pattern.Length - scaled.Length);
        pattern = scaled;

        var digits = value.ToString(Safe(pattern), CultureInfo.InvariantCulture);
        return Place(digits, tokens);
    }

    /// <summary>Puts the digits where the format's first digit stands, with the literals around them.</summary>
    private static string Place(string digits, List<FormatToken> tokens)
    {
        var text = new StringBuilder();
        var placed = false;
        foreach (var token in tokens)
        {
            if (token.IsDigit)
            {
                text.Append(placed ? string.Empty : digits);
                placed = true;
            }
            else
            {
                text.Append(token.Text);
            }
        }

        return text.ToString().Trim();
    }

    /// <summary>The digits' pattern in .NET's notation, which is nearly the same: <c>?</c> is a digit that may be blank.</summary>
    private static string Safe(string pattern)
    {
        const int longest = 60;
        var cleaned = pattern.Length > longest ? pattern[..longest] : pattern;
        cleaned = cleaned.Replace('?', '#');
        return cleaned.StartsWith('.') ? "0" + cleaned : cleaned;
    }
}
