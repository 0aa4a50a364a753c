using MimeKit;
using Pipeline.Documents.Parsers.Building;

namespace Pipeline.Documents.Parsers.Email;

/// <summary>EML: the headers people read, the best body, attachments as documents of their own.</summary>
internal sealed class EmailParser : IFormatParser
{
    public Tool Tool => Tool.Of(typeof(MimeMessage));

    public void Parse(DocumentSource source, ParseContext context, DocumentBuilder builder)
    {
        // One more than the limit: the library gives an empty body, and no error, where the nesting ends.
        var options = new ParserOptions { MaxMimeDepth = context.Limits.NestingDepth + 1, CharsetEncoding = System.Text.Encoding.UTF8 };
        using var stream = new MemoryStream(source.Bytes, writable: false);
        using var message = MimeMessage.Load(options, stream);
        var parts = EmailParts.Of(message, context.Limits.NestingDepth);

        builder.StartPage();
        AddHeaders(message, builder);
        foreach (var body in parts.Bodies)
        {
            EmailBody.Add(body, context, builder);
        }

        builder.EndPage();
        AddAttachments(parts.Attachments, context, builder);
    }

    private static void AddHeaders(MimeMessage message, DocumentBuilder builder)
    {
        builder.Heading(message.Subject ?? string.Empty, 1);
        AddHeader("From", message.From.ToString(), builder);
        AddHeader("To", message.To.ToString(), builder);
        AddHeader("Cc", message.Cc.ToString(), builder);
        if (message.Headers.Contains(HeaderId.Date))
        {
            AddHeader("Date", message.Headers[HeaderId.Date], builder);
        }
    }

    private static void AddHeader(string name, string? value, DocumentBuilder builder)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            builder.ListItem($"{name}: {value}");
        }
    }

    private static void AddAttachments(IReadOnlyList<MimeEntity> attachments, ParseContext context, DocumentBuilder builder)
    {
        if (context.Level > 0)
        {
            if (attachments.Count > 0)
            {
                builder.Warn($"{attachments.Count} attachment(s) of a message inside another document were not opened.");
            }

            return;
        }

        context.Level++;
        foreach (var attachment in attachments.Take(context.Limits.Entries))
        {
            var (name, bytes) = EmailAttachment.Read(attachment, context.Limits.InputBytes);
            builder.Child(DocumentParser.Parse(new(bytes, name, MediaTypes.Normalize(attachment.ContentType.MimeType)), context));
        }

        context.Level--;
    }
}
