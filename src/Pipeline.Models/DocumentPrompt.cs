using System.Text;
using Pipeline.Models.Chat;
using Pipeline.Models.Tokenization;

namespace Pipeline.Models;

/// <summary>
/// Puts documents and questions into the model's chat. The parts are tokenised separately, so that the tokens of a document do not depend
/// on the question that follows: the chat's head with the system text; the document between its prefix and suffix; the question with the
/// chat's tail. Text of documents and questions never becomes a special token.
/// </summary>
public sealed class DocumentPrompt
{
    private readonly int[] head;
    private readonly int[] tail;
    private readonly SectionStart documentStart;

    private DocumentPrompt(ModelTokenizer tokenizer, DocumentQaTexts texts, ChatParts parts, IReadOnlyList<int> stopTokens)
    {
        Tokenizer = tokenizer;
        Texts = texts;
        StopTokens = stopTokens;
        head = tokenizer.EncodeTemplate(parts.Head);
        documentStart = head.Length > 0 && !tokenizer.IsSpecial(head[^1]) ? SectionStart.Continuation : SectionStart.Inside;
        tail = tokenizer.Run(parts.Tail, SectionStart.Continuation, allowSpecial: true, withRanges: false).Ids();
    }

    public ModelTokenizer Tokenizer { get; }

    public DocumentQaTexts Texts { get; }

    /// <summary>Tokens that end an answer: those of the configuration and the one the template ends a turn with.</summary>
    public IReadOnlyList<int> StopTokens { get; }

    /// <summary>Tokens of the prompt beside the document and the question's own text.</summary>
    public int FixedTokenCount => head.Length + tail.Length;

    /// <summary>The document with everything before it. Outer blanks are left out; a blank document has no document tokens.</summary>
    public DocumentTokens EncodeDocument(string document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var start = document.Length - document.AsSpan().TrimStart().Length;
        var trimmed = document.AsSpan().Trim();
        var text = string.Concat(Texts.DocumentPrefix, trimmed, Texts.DocumentSuffix);
        var encoded = Tokenizer.Run(text, documentStart, allowSpecial: false, withRanges: true).ToTokenizedText();

        var (from, to) = (Texts.DocumentPrefix.Length, Texts.DocumentPrefix.Length + trimmed.Length);
        var ranges = new List<TokenRange>(encoded.Ids.Count);
        var first = -1;
        for (var i = 0; i < encoded.Ids.Count; i++)
        {
            var range = encoded.Ranges[i];
            if (from < to && range.End > from && range.Start < to)
            {
                first = first < 0 ? i : first;
                // A token can hold the end of the prefix or the start of the suffix too: its place is what it holds of the document.
                ranges.Add(new TokenRange(Math.Max(range.Start, from) - from + start, Math.Min(range.End, to) - from + start));
            }
        }

        return new DocumentTokens([.. head, .. encoded.Ids], head.Length + Math.Max(first, 0), ranges);
    }

    /// <summary>A question with everything after it, up to where the answer starts.</summary>
    /// <param name="question">The question; outer blanks are left out.</param>
    /// <param name="passages">Passages of the document to repeat after the question; none where null or empty.</param>
    public int[] EncodeQuestion(string question, IReadOnlyList<string>? passages = null)
    {
        ArgumentNullException.ThrowIfNull(question);
        var text = new StringBuilder(Texts.QuestionPrefix).Append(question.AsSpan().Trim());
        if (passages is { Count: > 0 })
        {
            text.Append(Texts.PassagesPrefix);
            text.AppendJoin(Texts.PassageSeparator, passages.Select(passage => Texts.PassagePrefix + passage));
        }

        return [.. Tokenizer.Run(text.ToString(), SectionStart.Continuation, allowSpecial: false, withRanges: false).Ids(), .. tail];
    }

    internal static DocumentPrompt Load(ModelFolder folder, DocumentQaTexts texts)
    {
        var template = ChatTemplate.Read(folder.Path);
        var parts = ChatSplitter.Split(template, texts.System);
        var tokenizer = folder.LoadTokenizer().WithControlTokens(template.Text);
        var stop = folder.Config.EosTokenIds.ToList();
        if (parts.TurnEnd is { } end && tokenizer.EncodeTemplate(end) is [var id, ..] && tokenizer.IsSpecial(id) && !stop.Contains(id))
        {
            stop.Add(id);
        }

        return new DocumentPrompt(tokenizer, texts, parts, stop);
    }
}
