namespace Pipeline.Documents.Parsers.Segmentation;

/// <summary>
/// Says which line ends of a text break it and which only wrap a line. A line end breaks at an empty line, before list marks, headings
/// and table rows, after a line clearly shorter than its paragraph's longest, and everywhere where lines are not wrapped at all.
/// </summary>
internal static class LineRule
{
    /// <summary>Lines longer than this were not wrapped by hand or by a typewriter's margin: each is a paragraph.</summary>
    private const int LongestWrapped = 160;

    /// <summary>Paragraphs whose lines are all shorter are addresses, verses or lists.</summary>
    private const int ShortestWrapped = 30;

    /// <summary>Appends the unbroken pieces of a text, each trimmed and not empty.</summary>
    public static void Split(string text, int start, int end, List<TextSpan> pieces)
    {
        var lines = Lines(text, start, end);
        var i = 0;
        while (i < lines.Count)
        {
            if (lines[i].Length == 0)
            {
                i++;
                continue;
            }

            var last = i;
            while (last + 1 < lines.Count && lines[last + 1].Length > 0)
            {
                last++;
            }

            SplitParagraph(text, lines, i, last, pieces);
            i = last + 1;
        }
    }

    private static void SplitParagraph(string text, List<TextSpan> lines, int first, int last, List<TextSpan> pieces)
    {
        var widest = 0;
        for (var i = first; i <= last; i++)
        {
            widest = Math.Max(widest, Width(text, lines[i]));
        }

        var wrapped = widest is >= ShortestWrapped and <= LongestWrapped;
        var pieceStart = lines[first].Start;
        for (var i = first; i <= last; i++)
        {
            if (i == last || !wrapped || EndsEarly(text, lines[i], lines[i + 1], widest) || StartsItem(text, lines[i + 1]) || IsHeadingLine(text, lines[i]))
            {
                pieces.Add(new(pieceStart, lines[i].End));
                pieceStart = i < last ? lines[i + 1].Start : pieceStart;
            }
        }
    }

    /// <summary>A line clearly shorter than the widest ends its paragraph, unless the next one goes on in small letters.</summary>
    private static bool EndsEarly(string text, TextSpan line, TextSpan next, int widest) =>
        Width(text, line) < widest * 6 / 10 && !char.IsLower(text[next.Start]);

    /// <summary>Trimmed lines; an empty span where a line is blank.</summary>
    private static List<TextSpan> Lines(string text, int start, int end)
    {
        var lines = new List<TextSpan>();
        var lineStart = start;
        for (var i = start; i <= end; i++)
        {
            if (i == end || text[i] is '\n' or '\f' or '\u2028' or '\u2029' or '\u0085' or '\v')
            {
                lines.Add(Trim(text, lineStart, i));
                if (i < end && text[i] == '\f')
                {
                    lines.Add(new(i, i));
                }

                lineStart = i + 1;
            }
        }

        return lines;
    }

    /// <summary>The span without white space at its ends.</summary>
    public static TextSpan Trim(string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return new(start, end);
    }

    /// <summary>Columns of a line: wide characters of East Asia count twice.</summary>
    private static int Width(string text, TextSpan line)
    {
        var width = 0;
        for (var i = line.Start; i < line.End; i++)
        {
            width += text[i] >= '\u2E80' && !char.IsSurrogate(text[i]) ? 2 : 1;
        }

        return width;
    }

    private static bool IsHeadingLine(string text, TextSpan line) => text[line.Start] == '#' || text[line.Start] == '|';

    private static bool StartsItem(string text, TextSpan line)
    {
        var span = text.AsSpan(line.Start, line.Length);
        if (span[0] is '#' or '|' or '•' or '◦' or '▪' or '‣' or '●' or '○' or '■' or '·' or '>')
        {
            return true;
        }

        if (span.Length > 1 && span[0] is '-' or '*' or '+' or '–' or '—' && char.IsWhiteSpace(span[1]))
        {
            return true;
        }

        var open = span[0] == '(' ? 1 : 0;
        var digits = open;
        while (digits < span.Length && (char.IsDigit(span[digits]) || (span[digits] == '.' && digits > open)))
        {
            digits++;
        }

        var letter = digits == open && span.Length > open && char.IsLetter(span[open]);
        var mark = letter ? open + 1 : digits;
        var numbered = letter || digits > open;
        var isYear = !letter && span[open..digits].IndexOfAny('.', ' ') < 0 && digits - open > 3;
        return numbered && !isYear && mark - open <= 8 && mark < span.Length
            && (span[mark] == ')' || (span[mark - 1] == '.' && char.IsWhiteSpace(span[mark])) || (letter && span[mark] == '.' && mark + 1 < span.Length && span[mark + 1] == ' '));
    }
}
