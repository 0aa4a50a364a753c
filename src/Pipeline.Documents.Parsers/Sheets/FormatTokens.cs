using System.Text;

namespace Pipeline.Documents.Parsers.Sheets;

/// <summary>Takes number formats apart.</summary>
internal static class FormatTokens
{
    /// <summary>Sections for positive, negative and zero numbers and text, parted by semicolons outside quotes.</summary>
    public static List<string> Sections(string format)
    {
        var sections = new List<string>();
        var current = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < format.Length; i++)
        {
            var c = format[i];
            quoted ^= c == '"';
            if (c == '\\' && i + 1 < format.Length)
            {
                current.Append(c).Append(format[++i]);
            }
            else if (c == ';' && !quoted)
            {
                sections.Add(current.ToString());
                current.Clear();
            }
            else
            {
                current.Append(c);
            }
        }

        sections.Add(current.ToString());
        return sections;
    }

    /// <summary>The pieces of one section in order.</summary>
    public static List<FormatToken> Read(string section)
    {
        var tokens = new List<FormatToken>();
        var i = 0;
        while (i < section.Length)
        {
            i = ReadOne(section, i, tokens);
        }

        return tokens;
    }

    private static int ReadOne(string section, int i, List<FormatToken> tokens)
    {
        var c = section[i];
        switch (c)
        {
            case '"':
                var close = section.IndexOf('"', i + 1);
                close = close < 0 ? section.Length : close;
                tokens.Add(new(FormatTokenKind.Literal, section[(i + 1)..close]));
                return close + 1;
            case '\\':
                tokens.Add(new(FormatTokenKind.Literal, i + 1 < section.Length ? section[i + 1].ToString() : string.Empty));
                return i + 2;
            case '_':
                // As wide as the next character.
                tokens.Add(new(FormatTokenKind.Literal, " "));
                return i + 2;
            case '*':
                // The next character fills the cell.
                return i + 2;
            case '[':
                return ReadBracket(section, i, tokens);
            case '%':
                tokens.Add(new(FormatTokenKind.Percent, "%"));
                return i + 1;
            case '0' or '#' or '?' or '.' or ',' or '/' when c != '/' || tokens.Exists(token => token.IsDigit):
                tokens.Add(new(FormatTokenKind.Digit, c.ToString()));
                return i + 1;
            case 'E' or 'e' when i + 1 < section.Length && section[i + 1] is '+' or '-':
                tokens.Add(new(FormatTokenKind.Digit, "E" + section[i + 1]));
                return i + 2;
            case 'A' or 'a' when section.AsSpan(i).StartsWith("AM/PM", StringComparison.OrdinalIgnoreCase):
                tokens.Add(new(FormatTokenKind.Date, "AM/PM"));
                return i + 5;
            case 'y' or 'm' or 'd' or 'h' or 's' or 'Y' or 'M' or 'D' or 'H' or 'S':
                var end = i;
                while (end < section.Length && char.ToLowerInvariant(section[end]) == char.ToLowerInvariant(c))
                {
                    end++;
                }

                tokens.Add(new(FormatTokenKind.Date, section[i..end].ToLowerInvariant()));
                return end;
            default:
                tokens.Add(new(FormatTokenKind.Literal, c.ToString()));
                return i + 1;
        }
    }

    /// <summary>[h] counts beyond a day, [$€-407] is a currency, the rest are colours and conditions.</summary>
    private static int ReadBracket(string section, int i, List<FormatToken> tokens)
    {
        var close = section.IndexOf(']', i);
        if (close < 0)
        {
            return section.Length;
        }

        var inside = section[(i + 1)..close];
        if (inside.Length > 0 && inside.ToLowerInvariant().All(each => each is 'h' or 'm' or 's'))
        {
            tokens.Add(new(FormatTokenKind.Date, "[" + char.ToLowerInvariant(inside[0]) + "]"));
        }
        else if (inside.StartsWith('$'))
        {
            tokens.Add(new(FormatTokenKind.Literal, inside[1..].Split('-')[0]));
        }

        return close + 1;
    }
}
