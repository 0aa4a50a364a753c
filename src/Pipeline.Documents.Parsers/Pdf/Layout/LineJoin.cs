using System.Text;

namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>Joins two lines of a paragraph: hyphens of hyphenation go, scripts without blanks get none.</summary>
internal static class LineJoin
{
    public static void Append(StringBuilder text, string line)
    {
        var last = text[^1];
        if (IsHyphen(last) && text.Length > 1)
        {
            // "exam-" + "ple"; but "pre-" + "2019" and "EU-" + "Kommission" keep the hyphen.
            if (char.IsLower(text[^2]) && char.IsLower(line[0]))
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

    private static bool IsHyphen(char c) => c is '-' or '\u2010' or '\u00AD';

    /// <summary>Chinese and Japanese letters and punctuation. Korean is written with blanks.</summary>
    private static bool IsUnspaced(char c) => c is (>= '\u2E80' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') or (>= '\uFF00' and <= '\uFFEF');
}
