using System.Text;

namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>Joins two lines of a paragraph: hyphens of hyphenation go, scripts without blanks get none.</summary>
internal static class LineJoin
{
    /// <param name="text">What was joined so far; not empty.</param>
    /// <param name="line">The next line; not empty.</param>
    /// <param name="words">Words of the document.</param>
    public static void Append(StringBuilder text, string line, WordSet words)
    {
        var last = text[^1];
        if (IsHyphen(last) && text.Length > 1)
        {
            // "exam-" + "ple"; but "pre-" + "2019", "EU-" + "Kommission" and "mixed-" + "mode" keep the hyphen.
            if (char.IsLower(text[^2]) && char.IsLower(line[0]) && !words.KeepsHyphen(WordBefore(text), WordAfter(line)))
            {
                text.Length--;
            }
        }
        else if (!(IsUnspaced(last) && IsUnspaced(line[0])))
        {
            text.Append(' ');
        }

        text.Append(line);
    }

    private static string WordBefore(StringBuilder text)
    {
        var start = text.Length - 1;
        while (start > 0 && char.IsLetter(text[start - 1]))
        {
            start--;
        }

        return text.ToString(start, text.Length - 1 - start);
    }

    private static string WordAfter(string line)
    {
        var end = 0;
        while (end < line.Length && char.IsLetter(line[end]))
        {
            end++;
        }

        return line[..end];
    }

    private static bool IsHyphen(char c) => c is '-' or '\u2010' or '\u00AD';

    /// <summary>Chinese and Japanese letters and punctuation. Korean is written with blanks.</summary>
    private static bool IsUnspaced(char c) => c is (>= '\u2E80' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') or (>= '\uFF00' and <= '\uFFEF');
}
