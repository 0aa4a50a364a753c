using MimeKit;
using Pipeline.Documents.Parsers.Building;
using Pipeline.Documents.Parsers.Html;
using Pipeline.Documents.Parsers.PlainText;

namespace Pipeline.Documents.Parsers.Email;

/// <summary>Text parts of a message.</summary>
internal static class EmailBody
{
    /// <summary>HTML takes so many characters for one of text, at most, in messages that say the same in both.</summary>
    private const int MarkupFactor = 30;

    public static void Add(TextPart part, ParseContext context, DocumentBuilder builder)
    {
        if (part.IsHtml)
        {
            HtmlText.Add(Decode(part), context, builder, withTitle: false);
            return;
        }

        foreach (var paragraph in Decode(part).ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            builder.Paragraph(paragraph.Trim('\n'));
        }
    }

    /// <summary>How much bodies say, in characters of plain text.</summary>
    public static int Weight(IEnumerable<TextPart> parts) => parts.Sum(part => part.IsHtml ? Decode(part).Length / MarkupFactor : Decode(part).Trim().Length);

    private static string Decode(TextPart part)
    {
        if (part.ContentType.Charset is not null || part.Content is null)
        {
            return part.Text ?? string.Empty;
        }

        using var bytes = new MemoryStream();
        part.Content.DecodeTo(bytes);
        return TextDecoder.Decode(bytes.ToArray()).Text;
    }
}
