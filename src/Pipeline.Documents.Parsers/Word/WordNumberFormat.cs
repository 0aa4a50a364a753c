using System.Globalization;
using System.Text;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Pipeline.Documents.Parsers.Word;

/// <summary>Numbers of lists in their notations (ECMA-376 part 1, 17.18.59). Notations not known here are given as decimals.</summary>
internal static class WordNumberFormat
{
    private static readonly (int Value, string Letters)[] Roman =
    [
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ];

    private static readonly NumberFormatValues[] Chinese =
    [
        NumberFormatValues.ChineseCounting, NumberFormatValues.ChineseCountingThousand, NumberFormatValues.TaiwaneseCounting,
        NumberFormatValues.TaiwaneseCountingThousand, NumberFormatValues.JapaneseCounting, NumberFormatValues.IdeographDigital,
    ];

    public static string Format(int number, NumberFormatValues format)
    {
        if (format == NumberFormatValues.LowerLetter || format == NumberFormatValues.UpperLetter)
        {
            return Case(Letters(number), format == NumberFormatValues.UpperLetter);
        }

        if (format == NumberFormatValues.LowerRoman || format == NumberFormatValues.UpperRoman)
        {
            return Case(ToRoman(number), format == NumberFormatValues.UpperRoman);
        }

        if (Array.Exists(Chinese, each => each == format))
        {
            return ToChinese(number);
        }

        var text = number.ToString(CultureInfo.InvariantCulture);
        if (format == NumberFormatValues.DecimalZero)
        {
            return text.PadLeft(2, '0');
        }

        if (format == NumberFormatValues.DecimalFullWidth)
        {
            return string.Concat(text.Select(digit => (char)(digit - '0' + '０')));
        }

        const int circled = 20;
        return format == NumberFormatValues.DecimalEnclosedCircle && number is >= 1 and <= circled ? ((char)('①' + number - 1)).ToString() : text;
    }

    private static string Case(string text, bool upper) => upper ? text.ToUpperInvariant() : text.ToLowerInvariant();

    /// <summary>a to z, then aa to zz: the letter is repeated.</summary>
    private static string Letters(int number)
    {
        const int letters = 26;
        const int most = 40;
        return number < 1 ? "0" : new string((char)('a' + ((number - 1) % letters)), Math.Min(most, ((number - 1) / letters) + 1));
    }

    private static string ToRoman(int number)
    {
        const int most = 3999;
        if (number is < 1 or > most)
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        var text = new StringBuilder();
        foreach (var (value, letters) in Roman)
        {
            while (number >= value)
            {
                text.Append(letters);
                number -= value;
            }
        }

        return text.ToString();
    }

    private static string ToChinese(int number)
    {
        const string digits = "〇一二三四五六七八九";
        return number switch
        {
            < 0 or > 99 => number.ToString(CultureInfo.InvariantCulture),
            < 10 => digits[number].ToString(),
            10 => "十",
            < 20 => "十" + digits[number - 10],
            _ => digits[number / 10] + "十" + (number % 10 == 0 ? string.Empty : digits[number % 10].ToString()),
        };
    }
}
