using System.Diagnostics;
using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Evidence;
using Pipeline.Inference.KvStore;
using Pipeline.Models;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Telemetry;
using CacheState = Pipeline.Workflows.Contracts.CacheState;
using EvidenceState = Pipeline.Inference.Evidence.EvidenceState;

namespace Pipeline.Worker.Analyze;

/// <summary>Through the inference engine: exact attention over the whole document, once, and all open questions from its KV cache.</summary>
internal sealed class EngineAnswering(EngineHolder engines, WorkerOptions options) : IDocumentAnswering
{
    /// <summary>Room behind the document, the same for questions of any usual length, so that one KV cache serves them all.</summary>
    private const int LeastReserve = 512;

    public Computation Run(AnswerJob job, IAnswerListener listener, CancellationToken cancellation)
    {
        using var span = PipelineTelemetry.Source.StartActivity($"chat {job.Definition.Model}", ActivityKind.Client);
        span?.SetTag("gen_ai.operation.name", "chat").SetTag("gen_ai.provider.name", "pipeline").SetTag("gen_ai.request.model", job.Definition.Model);
        var started = Stopwatch.GetTimestamp();
        var prompt = job.Model.Prompt(job.Definition.Instructions);
        var document = prompt.EncodeDocument(job.Text);
        var questions = job.Open.Select(q => new QuestionTokens(prompt.EncodeQuestion(q.Text))).ToList();
        try
        {
            var engine = engines.For(job.Model, new KvDocumentIdentity(job.Definition.Document.Sha256, job.Definition.Document.Name));
            using var session = engine.Read(
                document.Tokens,
                new ReadOptions { ChunkTokens = options.ChunkTokens, ReserveTokens = Math.Max(LeastReserve, questions.Max(q => q.Tokens.Count) + options.MaxAnswerTokens) },
                p => listener.OnRead(new Progress(p.TokensRead, p.TokensTotal), Use(p.TokensReused, p.TokensTotal)),
                cancellation);
            var cache = Use(session.Report.ReusedTokens, session.Report.TotalTokens);
            listener.OnRead(new Progress(session.TokenCount, session.TokenCount), cache);
            span?.SetTag("gen_ai.usage.cache_read.input_tokens", session.Report.ReusedTokens).SetTag("gen_ai.usage.cache_creation.input_tokens", session.Report.ComputedTokens);

            var answering = Stopwatch.GetTimestamp();
            var evidence = new EvidenceReader(job.Model.Calibration, new EvidenceDocument(job.Text, Citations.Sentences(job), document));
            var observer = new Observer(job, prompt, evidence, cache, listener);
            session.Answer(questions, evidence.Ask(new GenerationOptions { MaxTokens = options.MaxAnswerTokens, StopTokens = prompt.StopTokens.ToHashSet() }), observer, cancellation);
            Record(job, observer, Stopwatch.GetElapsedTime(started));
            return new Computation(engine.Name, (long)session.Report.Elapsed.TotalMilliseconds, (long)Stopwatch.GetElapsedTime(answering).TotalMilliseconds);
        }
        catch (InferenceException e)
        {
            throw new PermanentProblemException(ProblemTypes.Create(document.Tokens.Count >= job.Model.Folder.Config.ContextLength ? ProblemTypes.OverContext : ProblemTypes.WorkerFailing, e.Message), e);
        }
    }

    private static CacheUse Use(int reused, int total) => new(reused == 0 ? CacheState.Miss : reused >= total ? CacheState.Hit : CacheState.Partial, reused);

    private static void Record(AnswerJob job, Observer observer, TimeSpan elapsed)
    {
        var model = new KeyValuePair<string, object?>("gen_ai.request.model", job.Definition.Model);
        var operation = new KeyValuePair<string, object?>("gen_ai.operation.name", "chat");
        PipelineTelemetry.OperationDuration.Record(elapsed.TotalSeconds, model, operation);
        PipelineTelemetry.TokenUsage.Record(observer.InputTokens, model, operation, new("gen_ai.token.type", "input"));
        PipelineTelemetry.TokenUsage.Record(observer.OutputTokens, model, operation, new("gen_ai.token.type", "output"));
    }

    private sealed class Observer(AnswerJob job, DocumentPrompt prompt, EvidenceReader evidence, CacheUse cache, IAnswerListener listener) : IAnswerObserver
    {
        public long InputTokens { get; private set; }

        public long OutputTokens { get; private set; }

        public void OnToken(int questionIndex, int token)
        {
        }

        public void OnFinished(GeneratedAnswer answer)
        {
            var question = job.Open[answer.QuestionIndex];
            var text = prompt.Tokenizer.Decode(answer.Tokens).Trim();
            var found = evidence.For(answer, question.Text, text);
            var usage = answer.Usage;
            InputTokens += usage.InputTokens;
            OutputTokens += usage.OutputTokens;
            PipelineTelemetry.TimeToFirstToken.Record(usage.PrefillMs / 1000);
            if (usage.OutputTokens > 1) PipelineTelemetry.TimePerOutputToken.Record(usage.DecodeMs / 1000 / (usage.OutputTokens - 1));
            listener.OnAnswer(new Answer(
                question.Id!,
                question.Text,
                AnswerStatus.Answered,
                text,
                Citations.Of(job, found, text),
                new TokenUsage(usage.InputTokens, usage.CachedTokens, usage.OutputTokens, (long)usage.PrefillMs, (long)usage.DecodeMs),
                cache,
                answer.FinishReason == FinishReason.Stop ? "stop" : "length",
                Error: null,
                Citations.State(found),
                found.NoAnswer,
                Unsupported: found.State == EvidenceState.Found ? [.. found.Unsupported.Select(u => new AnswerPart(u.Start, u.End))] : null,
                Attention: found.State == EvidenceState.Found ? [.. found.Profile.Select(share => Math.Round(share, 4))] : null));
        }
    }
}
