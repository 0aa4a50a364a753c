using System.Globalization;
using System.Text;

namespace Pipeline.Models.Jinja;

/// <summary>String literals with Python's escapes.</summary>
internal static class JinjaStringLiteral
{
    public static string Unescape(string literal, int line)
    {
        var inner = literal.AsSpan(1, literal.Length - 2);
        if (!inner.Contains('\\'))
        {
            return inner.ToString();
        }

        var text = new StringBuilder();
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] != '\\')
            {
                text.Append(inner[i]);
                continue;
            }

            i++;
            switch (inner[i])
            {
                case 'n': text.Append('\n'); break;
                case 't': text.Append('\t'); break;
                case 'r': text.Append('\r'); break;
                case '\n': break;
                case '\\' or '\'' or '"': text.Append(inner[i]); break;
                case 'x': text.Append(CodePoint(inner, ref i, 2, line)); break;
                case 'u': text.Append(CodePoint(inner, ref i, 4, line)); break;
                case 'U': text.Append(CodePoint(inner, ref i, 8, line)); break;
                default: text.Append('\\').Append(inner[i]); break;
            }
        }

        return text.ToString();
    }

    private static string CodePoint(ReadOnlySpan<char> text, ref int at, int digits, int line)
    {
        if (at + digits < text.Length && int.TryParse(text.Slice(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && (Rune.IsValid(value) || value is >= 0xD800 and <= 0xDFFF))
        {
            at += digits;
            return value <= char.MaxValue ? ((char)value).ToString() : new Rune(value).ToString();
        }

        throw new JinjaException(line, $"a wrong escape \\{text[at]} in a string");
    }
}
