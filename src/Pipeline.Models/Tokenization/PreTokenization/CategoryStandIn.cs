using System.Globalization;
using System.Text;

namespace Pipeline.Models.Tokenization.PreTokenization;

/// <summary>Stands in for characters outside the basic plane: one character of the same general category, which no pattern names itself.</summary>
internal static class CategoryStandIn
{
    // In the order of UnicodeCategory. Separators never occur outside the basic plane; a lone surrogate is read as U+FFFD, as UTF-8 has it.
    private const string StandIns =
        "\uA640\uA641\u01C5\u02B0\u01BB\u0300\u0903\u0488\u0660\u3007\u00B2\u3000\u2028\u2029\u0082\u200B\uFFFD\uE000\u203F\u2E3A\u0F3A\u0F3B\u2E02\u2E03\u2020\u2200\u20B5\u02C5\u2103\uFDD0";

    /// <summary>Writes one character per code point to <paramref name="target"/>; returns how many.</summary>
    public static int Replace(ReadOnlySpan<char> text, Span<char> target)
    {
        var count = 0;
        for (var i = 0; i < text.Length;)
        {
            if (!char.IsSurrogate(text[i]))
            {
                target[count++] = text[i++];
                continue;
            }

            Rune.DecodeFromUtf16(text[i..], out var rune, out var width);
            target[count++] = rune.Value == Rune.ReplacementChar.Value ? '\uFFFD' : For(Rune.GetUnicodeCategory(rune));
            i += width;
        }

        return count;
    }

    public static char For(UnicodeCategory category) => StandIns[(int)category];
}
