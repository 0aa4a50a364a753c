using Pipeline.Documents.Parsers.Building;

namespace Pipeline.Documents.Parsers.PlainText;

/// <summary>Finds ATX and setext headings (CommonMark 0.31, 4.2 and 4.3) outside code fences.</summary>
internal static class MarkdownHeadings
{
    /// <param name="text">The page's text.</param>
    /// <param name="shift">Where the page starts in the document's text.</param>
    public static void Mark(string text, int shift, DocumentBuilder builder)
    {
        var inFence = false;
        var previous = (Start: 0, End: 0);
        var start = 0;
        while (start < text.Length)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end;
            var line = text.AsSpan(start, end - start).TrimEnd();
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal) || line.TrimStart().StartsWith("~~~", StringComparison.Ordinal))
            {
                inFence = !inFence;
            }
            else if (!inFence)
            {
                MarkLine(text, line, start, previous, shift, builder);
            }

            previous = (start, start + line.Length);
            start = end + 1;
        }
    }

    private static void MarkLine(
        string text, ReadOnlySpan<char> line, int start, (int Start, int End) previous, int shift, DocumentBuilder builder)
    {
        var level = 0;
        while (level < line.Length && line[level] == '#')
        {
            level++;
        }

        if (level is >= 1 and <= 6 && level < line.Length && line[level] is ' ' or '\t')
        {
            var title = line[level..].Trim().TrimEnd('#').Trim().ToString();
            builder.MarkHeading(title, level, start + shift, start + line.Length + shift);
            return;
        }

        var isUnderline = line.Length >= 3 && (line.Trim('=').IsEmpty || line.Trim('-').IsEmpty);
        var before = text.AsSpan(previous.Start, previous.End - previous.Start).Trim();
        if (isUnderline && before.Length > 0 && before[0] is not ('#' or '-' or '|' or '>' or '*'))
        {
            builder.MarkHeading(before.ToString(), line[0] == '=' ? 1 : 2, previous.Start + shift, previous.End + shift);
        }
    }
}
