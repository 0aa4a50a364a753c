using MimeKit;
using MimeKit.Tnef;

namespace Pipeline.Documents.Parsers.Email;

/// <summary>The bytes of an attachment.</summary>
internal static class EmailAttachment
{
    /// <returns>A name, made from the type where the message gives none, and the decoded bytes.</returns>
    /// <exception cref="ParseRefusal">Too large.</exception>
    public static (string Name, byte[] Bytes) Read(MimeEntity attachment, long most)
    {
        using var bytes = new MemoryStream();
        switch (attachment)
        {
            case TnefPart tnef:
                // Outlook's winmail.dat: a message in another coat.
                tnef.ConvertToMessage().WriteTo(bytes);
                break;
            case MessagePart { Message: { } message }:
                message.WriteTo(bytes);
                break;
            case MimePart { Content: { } content }:
                content.DecodeTo(bytes);
                break;
        }

        if (bytes.Length > most)
        {
            throw ParseRefusal.TooLarge($"An attachment has more than the {most:N0} bytes allowed.");
        }

        return (NameOf(attachment), bytes.ToArray());
    }

    private static string NameOf(MimeEntity attachment)
    {
        var name = attachment.ContentDisposition?.FileName ?? attachment.ContentType.Name;
        return string.IsNullOrWhiteSpace(name)
            ? attachment is MessagePart or TnefPart ? "message.eml" : "attachment." + attachment.ContentType.MediaSubtype
            : attachment is TnefPart ? name + ".eml" : name;
    }
}
