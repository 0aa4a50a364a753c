using Pipeline.Models.Jinja;

namespace Pipeline.Models.Chat;

/// <summary>
/// Renders a chat with marks in the place of document and question, and cuts the text there. A template that loses, repeats or parts the
/// user's text can't be cut and is refused.
/// </summary>
internal static class ChatSplitter
{
    // Private-use characters: no template writes them, or changes them by trimming or case.
    private const string Document = "\uF8D0";
    private const string Question = "\uF8D1";
    private const string Answer = "\uF8D2";

    /// <exception cref="ModelFolderException">The template can't be rendered or cut; the message says why.</exception>
    public static ChatParts Split(ChatTemplate template, string system)
    {
        const string User = Document + Question;
        List<ChatMessage> withSystem = [new("system", system), new("user", User)];
        List<ChatMessage> merged = [new("user", system.Length == 0 ? User : system + "\n\n" + User)];
        var messages = system.Length > 0 && TakesSystemText(template, withSystem, system) ? withSystem : merged;
        var (head, tail) = Cut(template, Render(template, messages));
        return new ChatParts(head, tail, TurnEnd(template, messages));
    }

    /// <summary>Whether the template has a place for a system message; some refuse it, some drop it.</summary>
    private static bool TakesSystemText(ChatTemplate template, List<ChatMessage> messages, string system)
    {
        try
        {
            var text = template.Render(messages, addGenerationPrompt: true);
            var at = text.IndexOf(system.Trim(), StringComparison.Ordinal);
            return at >= 0 && at < text.IndexOf(Document, StringComparison.Ordinal);
        }
        catch (JinjaException)
        {
            return false; // Refused, or wrong in itself: then the chat without it is refused too, with the reason.
        }
    }

    private static string Render(ChatTemplate template, List<ChatMessage> messages)
    {
        try
        {
            return template.Render(messages, addGenerationPrompt: true);
        }
        catch (JinjaException e)
        {
            throw new ModelFolderException($"{template.Place}: {e.Message}. Correct the template, or use one that does without it.", e);
        }
    }

    private static (string Head, string Tail) Cut(ChatTemplate template, string text)
    {
        var parts = text.Split(Document + Question);
        if (parts is [var head, var tail] && !(head + tail).AsSpan().ContainsAny(Document[0], Question[0]))
        {
            return (head, tail);
        }

        var reason = text.Contains(Document, StringComparison.Ordinal)
            ? "it writes the user's text more than once or changes it"
            : "it leaves the user's text out";
        throw new ModelFolderException(
            $"{template.Place}: the template can't be split into head, document and question, because {reason}. Use a template that writes each message once, as it is.");
    }

    /// <summary>What the template writes after an answer; null where it can't be told.</summary>
    private static string? TurnEnd(ChatTemplate template, List<ChatMessage> messages)
    {
        try
        {
            var text = template.Render([.. messages, new ChatMessage("assistant", Answer)], addGenerationPrompt: false);
            return text.Split(Answer) is [_, var end] ? end : null;
        }
        catch (JinjaException)
        {
            return null;
        }
    }
}
