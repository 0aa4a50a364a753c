using MimeKit;

namespace Pipeline.Documents.Parsers.Email;

/// <summary>What of a message is its body, and what is attached to it.</summary>
/// <param name="Bodies">Text parts in the order they are shown; of alternatives one.</param>
/// <param name="Attachments">Documents in the message. Images and sounds that decorate the body are none.</param>
internal sealed record EmailParts(IReadOnlyList<TextPart> Bodies, IReadOnlyList<MimeEntity> Attachments)
{
    /// <exception cref="ParseRefusal">Too large: parts nest too deeply.</exception>
    public static EmailParts Of(MimeMessage message, int deepest)
    {
        var bodies = new List<TextPart>();
        var attachments = new List<MimeEntity>();
        if (message.Body is { } body)
        {
            Sort(body, bodies, attachments, deepest);
        }

        return new(bodies, attachments);
    }

    private static void Sort(MimeEntity entity, List<TextPart> bodies, List<MimeEntity> attachments, int depth)
    {
        if (depth == 0)
        {
            throw ParseRefusal.TooLarge("The message nests its parts too deeply.");
        }

        switch (entity)
        {
            case MultipartAlternative alternative:
                SortAlternative(alternative, bodies, attachments, depth);
                break;
            case Multipart multipart:
                foreach (var part in multipart)
                {
                    Sort(part, bodies, attachments, depth - 1);
                }

                break;
            case TextPart text when !text.IsAttachment && (text.IsPlain || text.IsHtml || text.IsEnriched || text.IsFlowed):
                bodies.Add(text);
                break;
            case MessagePart or MimeKit.Tnef.TnefPart:
                attachments.Add(entity);
                break;
            case MimePart part when part.IsAttachment || part.FileName is not null || part is TextPart:
                attachments.Add(part);
                break;
        }
    }

    /// <summary>Plain text where it says about as much as the HTML; some programs put a mere notice there.</summary>
    private static void SortAlternative(MultipartAlternative alternative, List<TextPart> bodies, List<MimeEntity> attachments, int depth)
    {
        var candidates = new List<(List<TextPart> Bodies, List<MimeEntity> Attachments)>();
        foreach (var part in alternative)
        {
            var candidate = (Bodies: new List<TextPart>(), Attachments: new List<MimeEntity>());
            Sort(part, candidate.Bodies, candidate.Attachments, depth - 1);
            candidates.Add(candidate);
        }

        var readable = candidates.FindAll(candidate => candidate.Bodies.Count > 0);
        if (readable.Count > 0)
        {
            var best = readable.MaxBy(candidate => EmailBody.Weight(candidate.Bodies));
            bodies.AddRange(best.Bodies);
        }

        attachments.AddRange(candidates.SelectMany(candidate => candidate.Attachments));
    }
}
