using System.Text;
using System.Text.RegularExpressions;
using Pipeline.Documents.Parsers.PlainText;

namespace Pipeline.Documents.Parsers.Html;

/// <summary>Bytes of HTML to text: marks and strict UTF-8 first, then the encoding the page declares, then detection.</summary>
internal static partial class HtmlDecoder
{
    /// <summary>Declarations must stand in the first kibibyte (HTML standard, 4.2.5.4); pages put them a little later too.</summary>
    private const int DeclarationRange = 4096;

    /// <exception cref="ParseRefusal">Unsupported: the bytes are no text.</exception>
    public static DecodedText Decode(byte[] bytes)
    {
        if (Declared(bytes) is { } declared && IsPlain(bytes) && !IsUtf8(bytes))
        {
            return new(declared.GetString(bytes), declared.WebName, null);
        }

        return TextDecoder.Decode(bytes);
    }

    /// <summary>No byte order mark and no zero bytes: the declaration can be read as ASCII.</summary>
    private static bool IsPlain(byte[] bytes) =>
        bytes is not ([0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0xEF, 0xBB, 0xBF, ..]) && Array.IndexOf(bytes, (byte)0) < 0;

    private static bool IsUtf8(byte[] bytes) => System.Text.Unicode.Utf8.IsValid(bytes);

    private static Encoding? Declared(byte[] bytes)
    {
        var head = Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, DeclarationRange));
        var match = Charset().Match(head);
        if (!match.Success)
        {
            return null;
        }

        // Browsers read Latin-1 as Windows-1252 (WHATWG Encoding, 4.2).
        var name = match.Groups["name"].Value.ToLowerInvariant() is "iso-8859-1" or "latin1" or "us-ascii" ? "windows-1252" : match.Groups["name"].Value;
        try
        {
            return Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    [GeneratedRegex("""(<meta[^>]+?charset|<\?xml[^>]+?encoding)\s*=\s*["']?\s*(?<name>[\w:.-]+)""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Charset();
}
