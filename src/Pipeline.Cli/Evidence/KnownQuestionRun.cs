using System.Diagnostics;
using Pipeline.Cli.Ask;
using Pipeline.Documents;
using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Evidence;
using Pipeline.Models;

namespace Pipeline.Cli.Evidence;

/// <summary>A question that was asked, with what is known of it.</summary>
/// <param name="Known">The question as the file has it.</param>
/// <param name="Document">Its document as it was read.</param>
/// <param name="DocumentTokens">Tokens of the document.</param>
/// <param name="Right">Sentences that answer it; empty where the document does not.</param>
/// <param name="Text">The model's answer.</param>
/// <param name="Attention">The question's attention; null where the engine shows none.</param>
/// <param name="ContentFree">The same of a question without content.</param>
internal sealed record AskedKnownQuestion(
    KnownQuestion Known, EvidenceDocument Document, int DocumentTokens, IReadOnlyList<int> Right, string Text, QuestionAttention? Attention, QuestionAttention? ContentFree);

/// <summary>Asks questions with known answers, document by document.</summary>
internal sealed class KnownQuestionRun(ModelFolder model, IDocumentEngine engine, IReadOnlyList<AttentionHead> heads)
{
    /// <summary>Questions asked together: all of a large model's heads are kept for each.</summary>
    private const int QuestionsAtOnce = 8;

    private readonly DocumentPrompt prompt = model.LoadPrompt();

    /// <summary>Longest part of a document that is read, in tokens.</summary>
    internal int DocumentTokens { get; init; } = int.MaxValue;

    /// <summary>Longest answer, in tokens.</summary>
    internal int AnswerTokens { get; init; } = 64;

    /// <summary>Time spent answering, reading the documents not counted.</summary>
    internal TimeSpan Answering { get; private set; }

    /// <summary>Questions left out because their evidence lies beyond the part that was read.</summary>
    internal int Beyond { get; private set; }

    /// <summary>Asks all questions of a document.</summary>
    /// <exception cref="CommandFailure">The document has no text, or a question's evidence is not in it.</exception>
    internal async Task<IReadOnlyList<AskedKnownQuestion>> AskAsync(KnownDocument known, CancellationToken cancellation)
    {
        ExtractedDocument extracted = await DocumentText.ExtractAsync(known.File, password: null, new OcrOptions(), cancellation);
        string text = extracted.Text;
        DocumentTokens tokens = prompt.EncodeDocument(text);
        if (tokens.DocumentTokenCount > DocumentTokens)
        {
            text = text[..tokens.DocumentRanges[DocumentTokens].Start];
            tokens = prompt.EncodeDocument(text);
        }

        var document = new EvidenceDocument(text, EvidenceSpans.Sentences(extracted, text.Length), tokens);
        List<(KnownQuestion Known, IReadOnlyList<int> Right)> questions = Locate(known, document, extracted);
        if (questions.Count == 0)
        {
            return [];
        }

        using IDocumentSession session = engine.Read(tokens.Tokens, new ReadOptions(), null, cancellation);
        var options = new GenerationOptions { MaxTokens = AnswerTokens, StopTokens = [.. prompt.StopTokens], AttentionHeads = heads.Count > 0 ? heads : null };
        QuestionAttention? contentFree = heads.Count == 0 ? null
            : session.Answer([Encode(EvidenceReader.ContentFreeQuestion)], options with { MaxTokens = 1 }, null, cancellation)[0].Attention;

        var asked = new List<AskedKnownQuestion>();
        foreach ((KnownQuestion Known, IReadOnlyList<int> Right)[] group in questions.Chunk(QuestionsAtOnce))
        {
            long start = Stopwatch.GetTimestamp();
            IReadOnlyList<GeneratedAnswer> answers = session.Answer([.. group.Select(q => Encode(q.Known.Question))], options, null, cancellation);
            Answering += Stopwatch.GetElapsedTime(start);
            asked.AddRange(answers.Select((a, i) => new AskedKnownQuestion(
                group[i].Known, document, tokens.Tokens.Count, group[i].Right, prompt.Tokenizer.Decode(a.Tokens).Trim(), a.Attention, contentFree)));
        }

        return asked;
    }

    private QuestionTokens Encode(string question) => new(prompt.EncodeQuestion(question));

    private List<(KnownQuestion Known, IReadOnlyList<int> Right)> Locate(KnownDocument known, EvidenceDocument document, ExtractedDocument extracted)
    {
        var found = new List<(KnownQuestion, IReadOnlyList<int>)>();
        foreach (KnownQuestion question in known.Questions)
        {
            if (question.Unanswerable)
            {
                found.Add((question, []));
                continue;
            }

            (int Start, int End)? span = EvidenceSpans.Find(document.Text, question.Evidence ?? string.Empty);
            IReadOnlyList<int> right = span is { } s ? EvidenceSpans.Holding(document.Sentences, s) : [];
            if (right.Count > 0)
            {
                found.Add((question, right));
            }
            else if (document.Text.Length < extracted.Text.Length)
            {
                Beyond++;
            }
            else
            {
                throw new CommandFailure($"The evidence of \"{question.Question}\" is not in {known.File}: \"{question.Evidence}\". Evidence is a passage of the document, word for word; mark questions without one as unanswerable.");
            }
        }

        return found;
    }
}
