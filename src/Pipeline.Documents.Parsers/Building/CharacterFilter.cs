using System.Text;

namespace Pipeline.Documents.Parsers.Building;

/// <summary>Removes what is no character of a text: NULs and other controls, soft hyphens, byte order marks inside; mends lone surrogates.</summary>
internal static class CharacterFilter
{
    private const char Replacement = '\uFFFD';
    private const char SoftHyphen = '\u00AD';
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>The text without unwanted characters, its line ends as they are.</summary>
    public static string Clean(string text)
    {
        var output = new StringBuilder(text.Length);
        Append(output, text, keepLineEnds: true);
        return output.ToString();
    }

    /// <summary>Appends the text without unwanted characters; line ends become <c>\n</c> unless they are kept.</summary>
    public static void Append(StringBuilder output, ReadOnlySpan<char> text, bool keepLineEnds = false)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is >= ' ' and < '\u007F')
            {
                output.Append(c);
            }
            else if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                output.Append(c).Append(text[++i]);
            }
            else if (char.IsSurrogate(c) || c is '\uFFFE' or '\uFFFF')
            {
                output.Append(Replacement);
            }
            else if (c == '\r' && !keepLineEnds)
            {
                if (i + 1 >= text.Length || text[i + 1] != '\n')
                {
                    output.Append('\n');
                }
            }
            else if (c is '\t' or '\n' or '\f' or '\r' or '\u0085' || !(char.IsControl(c) || c is SoftHyphen or ByteOrderMark))
            {
                output.Append(c);
            }
        }
    }
}
