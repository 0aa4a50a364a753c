using System.Diagnostics;
using Pipeline.Cli.Evidence;
using Pipeline.Cli.Kv;
using Pipeline.Documents;
using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Evidence;
using Pipeline.Inference.KvStore;
using Pipeline.Models;

namespace Pipeline.Cli.Ask;

/// <summary>One <c>ask</c>: extract, check that it fits, read, answer.</summary>
internal sealed class AskRun(AskRequest request, AskView view)
{
    internal async Task<AskResult> RunAsync(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        ExtractedDocument document = await DocumentText.ExtractAsync(request.File, request.Password, request.Ocr, cancellation);
        double extractMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        DocumentPrompt prompt = request.Model.LoadPrompt();
        DocumentTokens tokens = prompt.EncodeDocument(document.Text);
        QuestionTokens[] questions = [.. request.Questions.Select(q => new QuestionTokens(prompt.EncodeQuestion(q.Text)))];
        int context = request.Model.Config.ContextLength;
        RefuseTooLong(tokens.Tokens.Count, questions, context);
        AskView.Fits(document, tokens.Tokens.Count, request.Model);

        start = Stopwatch.GetTimestamp();
        EvidenceCalibration? calibration = EvidenceCalibration.Load(request.Model.Path);
        using KvPersistence? kept = OpenKv(document);
        using IDocumentEngine engine = DocumentEngines.Load(request.Model, request.Engine with { Persistence = kept });
        double loadMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        int room = questions.Max(q => q.Tokens.Count) + request.Generation.MaxTokens;
        using IDocumentSession session = view.WhileReading(
            progress => engine.Read(tokens.Tokens, request.Read with { ReserveTokens = Math.Min(room, context) }, progress, cancellation));

        start = Stopwatch.GetTimestamp();
        var evidence = new EvidenceReader(calibration, new EvidenceDocument(document.Text, EvidenceSpans.Sentences(document, document.Text.Length), tokens))
        {
            MaxPassages = request.Passages,
        };
        GenerationOptions generation = evidence.Ask(request.Generation with { StopTokens = [.. prompt.StopTokens] });
        var collector = new AnswerCollector(request, prompt, evidence, view);
        session.Answer(questions, generation, collector, cancellation);
        var timings = new AskedTimings(loadMs, extractMs, session.Report.Elapsed.TotalMilliseconds, Stopwatch.GetElapsedTime(start).TotalMilliseconds);

        var result = new AskResult(
            new AskedDocument(document.Name, document.MediaType, document.Pages.Count, document.Text.Length, document.TextSha256, tokens.Tokens.Count, document.Warnings),
            new AskedModel(request.Model.Name, engine.Name, engine.ContextTokens),
            new AskedCache(session.Report.Cache, session.Report.ReusedTokens, session.Report.ComputedTokens),
            [.. collector.InOrder().Select(a => a.Answer)],
            timings);
        if (request.Report is { } file)
        {
            AskReport.Write(file, document, result, [.. collector.InOrder().Select(a => a.Evidence)]);
        }

        return result;
    }

    private KvPersistence? OpenKv(ExtractedDocument document)
    {
        if (!request.KeepsKv || request.Engine.Name == "genai")
        {
            return null;
        }

        KvBlockStore store = KvLocation.Open(request.KvDirectory);
        return new KvPersistence(store, request.Model, new KvPersistenceOptions { Engine = KvPersistenceOptions.KernelsOf(request.Engine), OnWarning = KvLocation.Note })
        {
            Document = new KvDocumentIdentity(document.TextSha256, document.Name),
        };
    }

    /// <summary>Refused before the model is loaded; nothing is ever cut.</summary>
    private void RefuseTooLong(int documentTokens, QuestionTokens[] questions, int context)
    {
        string model = request.Model.Name;
        if (documentTokens >= context)
        {
            throw new CommandFailure(
                $"The document has {documentTokens:N0} tokens; {model} holds {context:N0} with question and answer. " +
                "Use a model with a longer context (--model DIR), or ask about a part of the document. Nothing was cut, nothing was computed.");
        }

        for (int i = 0; i < questions.Length; i++)
        {
            int left = context - documentTokens;
            if (questions[i].Tokens.Count >= left)
            {
                throw new CommandFailure(
                    $"Question {i + 1} has {questions[i].Tokens.Count:N0} tokens; the document's {documentTokens:N0} leave {left:N0} of the {context:N0} that {model} holds. " +
                    "Ask a shorter question, or use a model with a longer context (--model DIR).");
            }
        }
    }

    private sealed class AnswerCollector(AskRequest request, DocumentPrompt prompt, EvidenceReader evidence, AskView view) : IAnswerObserver
    {
        private readonly SortedList<int, (AskedAnswer Answer, AnswerEvidence Evidence)> answers = [];

        public IReadOnlyList<(AskedAnswer Answer, AnswerEvidence Evidence)> InOrder() => [.. answers.Values];

        public void OnToken(int questionIndex, int token)
        {
            // Answers are shown when they are whole: several are made at once.
        }

        public void OnFinished(GeneratedAnswer answer)
        {
            string text = prompt.Tokenizer.Decode(answer.Tokens).Trim();
            string question = request.Questions[answer.QuestionIndex].Text;
            AnswerEvidence found = evidence.For(answer, question, text);
            var asked = new AskedAnswer(
                request.Questions[answer.QuestionIndex].Id!,
                question,
                text,
                answer.FinishReason == FinishReason.Stop ? "stop" : "length",
                answer.Usage,
                EvidenceWords.State(found.State),
                [.. found.Passages.Select(p => new AskedCitation(p.Exact, p.Prefix, p.Suffix, p.Start, p.End, p.Page, Math.Round(p.Score, 4)))],
                [.. found.Unsupported.Select(u => new AskedPart(text[u.Start..u.End], u.Start, u.End))],
                found.NoAnswer);
            answers.Add(answer.QuestionIndex, (asked, found));
            view.Answered(asked, answers.Count, request.Questions.Count);
        }
    }
}
