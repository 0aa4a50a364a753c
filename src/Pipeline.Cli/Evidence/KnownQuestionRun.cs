using System.Diagnostics;
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
internal sealed record AskedKnownQuestion(
    KnownQuestion Known, EvidenceDocument Document, int DocumentTokens, IReadOnlyList<int> Right, string Text, QuestionAttention? Attention);

/// <summary>Asks questions with known answers, document by document.</summary>
internal sealed class KnownQuestionRun(ModelFolder model, IDocumentEngine engine, IReadOnlyList<AttentionHead> heads, int distance)
{
    /// <summary>Questions asked together: all of a large model's heads are kept for each.</summary>
    private const int QuestionsAtOnce = 8;

    /// <summary>Tokens left for a question.</summary>
    private const int QuestionRoom = 256;

    private readonly DocumentPrompt prompt = model.LoadPrompt();

    /// <summary>Longest part of a document that is read, in tokens.</summary>
    internal int DocumentTokens { get; init; } = int.MaxValue;

    /// <summary>Longest answer, in tokens.</summary>
    internal int AnswerTokens { get; init; } = 64;

    /// <summary>Time spent answering, reading the documents not counted.</summary>
    internal TimeSpan Answering { get; private set; }

    /// <summary>Questions left out because their evidence lies beyond the part that was read.</summary>
    internal int Beyond { get; private set; }

    /// <summary>Most tokens of a document that leave room for a question and its answer.</summary>
    internal int MostTokens => Math.Min(DocumentTokens, engine.ContextTokens - prompt.FixedTokenCount - QuestionRoom - AnswerTokens);

    /// <summary>Tokens of a text.</summary>
    internal int Count(string text) => prompt.EncodeDocument(text).DocumentTokenCount;

    /// <summary>Asks all questions of a document, a few at a time.</summary>
    /// <exception cref="CommandFailure">A question's evidence is not in the document.</exception>
    internal IEnumerable<AskedKnownQuestion> Ask(KnownText known, CancellationToken cancellation)
    {
        string text = known.Text;
        DocumentTokens tokens = prompt.EncodeDocument(text);
        if (tokens.DocumentTokenCount > DocumentTokens)
        {
            text = text[..tokens.DocumentRanges[DocumentTokens].Start];
            tokens = prompt.EncodeDocument(text);
        }

        var document = new EvidenceDocument(text, [.. known.Sentences.Where(s => s.End <= text.Length)], tokens);
        List<(KnownQuestion Known, IReadOnlyList<int> Right)> questions = Locate(known, document);
        if (questions.Count == 0)
        {
            yield break;
        }

        using IDocumentSession session = engine.Read(tokens.Tokens, new ReadOptions(), null, cancellation);
        var options = new GenerationOptions { MaxTokens = AnswerTokens, StopTokens = [.. prompt.StopTokens], Attention = heads.Count > 0 ? new AttentionRequest(heads, document.FirstToken, distance) : null };
        foreach ((KnownQuestion Known, IReadOnlyList<int> Right)[] group in questions.Chunk(QuestionsAtOnce))
        {
            long start = Stopwatch.GetTimestamp();
            IReadOnlyList<GeneratedAnswer> answers = session.Answer([.. group.Select(q => Encode(q.Known.Question))], options, null, cancellation);
            Answering += Stopwatch.GetElapsedTime(start);
            for (int i = 0; i < group.Length; i++)
            {
                yield return new AskedKnownQuestion(
                    group[i].Known, document, tokens.Tokens.Count, group[i].Right, prompt.Tokenizer.Decode(answers[i].Tokens).Trim(), answers[i].Attention);
            }
        }
    }

    private QuestionTokens Encode(string question) => new(prompt.EncodeQuestion(question));

    private List<(KnownQuestion Known, IReadOnlyList<int> Right)> Locate(KnownText known, EvidenceDocument document)
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
            else if (document.Text.Length < known.Text.Length)
            {
                Beyond++;
            }
            else
            {
                throw new CommandFailure($"The evidence of \"{question.Question}\" is not in {known.Name}: \"{question.Evidence}\". Evidence is a passage of the document, word for word; mark questions without one as unanswerable.");
            }
        }

        return found;
    }
}
