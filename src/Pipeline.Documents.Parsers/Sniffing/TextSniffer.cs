using System.Text.RegularExpressions;
using Pipeline.Documents.Parsers.PlainText;

namespace Pipeline.Documents.Parsers.Sniffing;

/// <summary>Tells HTML and mail from text by how they begin.</summary>
internal static partial class TextSniffer
{
    private const int LookedAt = 8192;

    /// <exception cref="ParseRefusal">Unsupported: the bytes are no text in any encoding.</exception>
    public static string Find(DocumentSource source)
    {
        var head = TextDecoder.Decode(source.Bytes.AsSpan(0, Math.Min(source.Bytes.Length, LookedAt)), isPrefix: source.Bytes.Length > LookedAt).Text.TrimStart();
        if (HtmlStart().IsMatch(head) || (source.ClaimedMediaType == MediaTypes.Html && HtmlTag().IsMatch(head)))
        {
            return MediaTypes.Html;
        }

        if (IsMail(head, source.ClaimedMediaType == MediaTypes.Email))
        {
            return MediaTypes.Email;
        }

        return source.ClaimedMediaType is MediaTypes.Markdown or MediaTypes.Csv ? source.ClaimedMediaType : MediaTypes.Text;
    }

    private static bool IsMail(string head, bool claimed)
    {
        var lines = head.Split('\n').TakeWhile(line => line.Trim().Length > 0).ToList();
        var known = lines.Count(line => MailHeader().IsMatch(line));
        var shaped = lines.All(line => HeaderShape().IsMatch(line));
        return shaped && known >= (claimed ? 1 : 3);
    }

    [GeneratedRegex(@"^(<\?xml[^>]*\?>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex HtmlStart();

    [GeneratedRegex(@"<(p|div|table|h[1-6]|a|span|br|ul|ol|title|meta)\b[^>]*>", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HtmlTag();

    [GeneratedRegex(@"^(from|to|cc|subject|date|message-id|mime-version|received|return-path|delivered-to|content-type|reply-to|sender|x-[\w-]+):", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MailHeader();

    [GeneratedRegex(@"^([!-9;-~]+:|[ \t]|From |>From )", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HeaderShape();
}
