using System.Diagnostics;
using Pipeline.Inference.Evidence;
using Pipeline.Inference.Generation;
using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.Engines.Native;

/// <summary>Questions that decode together: every step reads the document's KV blocks once for all of them.</summary>
internal sealed class AnswerBatch : IDisposable
{
    /// <summary>Rows of a pass while questions are read.</summary>
    private const int QuestionRows = 512;

    private readonly NativeEngine engine;
    private readonly NativeSession session;
    private readonly GenerationOptions options;
    private readonly bool isOnly;
    private readonly HashSet<int> stopTokens;
    private readonly List<Answering> all;
    private readonly AttentionReadout? readout;

    internal AnswerBatch(NativeEngine engine, NativeSession session, IReadOnlyList<QuestionTokens> questions, int firstIndex, bool isOnly, GenerationOptions options)
    {
        this.isOnly = isOnly;
        this.engine = engine;
        this.session = session;
        this.options = options;
        stopTokens = [.. options.StopTokens ?? engine.Folder.Config.EosTokenIds];
        readout = options.Attention is { } request ? new AttentionReadout(request, session.TokenCount) : null;
        all = [.. questions.Select((q, i) => new Answering(firstIndex + i, q.Tokens, session.Document.Fork(), new Sampler(options, firstIndex + i)))];
    }

    internal IReadOnlyList<GeneratedAnswer> Run(IAnswerObserver? observer, CancellationToken cancellation)
    {
        // Decided by what was asked, not by what is still running: an answer must not depend on when the others end.
        bool alone = isOnly && !engine.Options.PadSingleRows;
        long start = Stopwatch.GetTimestamp();
        ReadQuestions(start, observer, cancellation);
        List<Answering> active = [.. all.Where(a => a.Finished is null)];
        while (active.Count > 0)
        {
            Logits logits = engine.Pass.Run([.. active.Select(a => new PassInput(a.Sequence, [a.LastToken], 1))], session.RopeRegime, alone, cancellation);
            for (int i = 0; i < active.Count; i++)
            {
                Take(active[i], logits.Row(i), observer);
            }

            active.RemoveAll(a => a.Finished is not null);
        }

        return [.. all.Select(a => a.Finished!)];
    }

    public void Dispose()
    {
        foreach (Answering answering in all)
        {
            answering.Sequence.Dispose();
        }
    }

    /// <summary>Reads the questions' own tokens, several questions to a pass; a question's last row gives its first token.</summary>
    private void ReadQuestions(long start, IAnswerObserver? observer, CancellationToken cancellation)
    {
        int next = 0;
        while (next < all.Count)
        {
            var inputs = new List<PassInput>();
            var ending = new List<Answering>();
            var asking = new List<int>(); // the questions of the pass by their number in the batch
            int room = QuestionRows;
            while (room > 0 && next < all.Count)
            {
                Answering answering = all[next];
                int count = Math.Min(room, answering.Question.Count - answering.QuestionRead);
                bool ends = answering.QuestionRead + count == answering.Question.Count;
                inputs.Add(new PassInput(answering.Sequence, new TokenSlice(answering.Question, answering.QuestionRead, count), ends ? 1 : 0));
                asking.Add(answering.Index);
                answering.QuestionRead += count;
                room -= count;
                if (ends)
                {
                    ending.Add(answering);
                    next++;
                }
            }

            Logits logits = engine.Pass.Run(inputs, session.RopeRegime, oneRowKernel: false, cancellation, readout?.Observe(asking));
            for (int i = 0; i < ending.Count; i++)
            {
                ending[i].Begin(Stopwatch.GetElapsedTime(start));
                Take(ending[i], logits.Row(i), observer);
            }
        }
    }

    private void Take(Answering answering, ReadOnlySpan<float> logits, IAnswerObserver? observer)
    {
        int token = answering.Sampler.Choose(logits);
        answering.OutputTokens++;
        FinishReason? reason = null;
        if (stopTokens.Contains(token))
        {
            reason = FinishReason.Stop;
        }
        else
        {
            answering.Tokens.Add(token);
            answering.LastToken = token;
            observer?.OnToken(answering.Index, token);
            if (answering.Tokens.Count >= options.MaxTokens || answering.Sequence.Length >= engine.ContextTokens)
            {
                reason = FinishReason.Length;
            }
        }

        if (reason is { } finished)
        {
            int question = answering.Question.Count;
            var usage = new AnswerUsage(
                session.TokenCount + question, session.TokenCount, question, answering.OutputTokens, answering.PrefillMs, answering.DecodeMs());
            answering.Finished = new GeneratedAnswer(answering.Index, answering.Tokens, finished, usage, readout?.Take(answering.Index, question));
            observer?.OnFinished(answering.Finished);
        }
    }

    /// <summary>One question on its way.</summary>
    private sealed class Answering(int index, IReadOnlyList<int> question, KvSequence sequence, Sampler sampler)
    {
        private long firstTokenAt;

        public int Index => index;

        public IReadOnlyList<int> Question => question;

        public KvSequence Sequence => sequence;

        public Sampler Sampler => sampler;

        public List<int> Tokens { get; } = [];

        public int QuestionRead { get; set; }

        public int LastToken { get; set; }

        public int OutputTokens { get; set; }

        public double PrefillMs { get; private set; }

        public GeneratedAnswer? Finished { get; set; }

        public void Begin(TimeSpan prefill)
        {
            PrefillMs = prefill.TotalMilliseconds;
            firstTokenAt = Stopwatch.GetTimestamp();
        }

        public double DecodeMs() => Stopwatch.GetElapsedTime(firstTokenAt).TotalMilliseconds;
    }
}
