namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>Marks that items of a list begin with.</summary>
internal static class ListMark
{
    private const int LongestNumber = 6;

    /// <summary>Whether a text is a bullet or a number such as <c>1.</c>, <c>(a)</c> or <c>iv)</c> and nothing else.</summary>
    public static bool IsMark(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length == 1)
        {
            return IsBullet(text[0]);
        }

        var body = text.TrimStart('(');
        if (body.Length is < 2 or > LongestNumber || body[^1] is not ('.' or ')'))
        {
            return false;
        }

        body = body[..^1];
        // Four digits are a year.
        var isYear = body.Length == 4 && IsAll(body, char.IsDigit);
        return (!isYear && IsAll(body, c => char.IsDigit(c) || c == '.')) || body.Length == 1 && char.IsLetter(body[0]) || IsAll(body, c => c is 'i' or 'v' or 'x' or 'I' or 'V' or 'X');
    }

    /// <summary>Whether a line starts with such a mark and a blank.</summary>
    public static bool Starts(string line)
    {
        var blank = line.AsSpan().IndexOfAny(' ', '\t');
        return line.Length > 0 && (IsBullet(line[0]) && blank is 1 or -1 && line.Length > 1 && (blank == 1 || line[0] != '-')
            || (blank > 0 && IsMark(line.AsSpan(0, blank))));
    }

    private static bool IsBullet(char c) => c is '•' or '◦' or '▪' or '‣' or '●' or '○' or '■' or '□' or '·' or '-' or '–' or '—' or '*' or '\uF0B7' or '➢' or '✓' or '◆' or '★';

    private static bool IsAll(ReadOnlySpan<char> text, Func<char, bool> test)
    {
        foreach (var c in text)
        {
            if (!test(c))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
