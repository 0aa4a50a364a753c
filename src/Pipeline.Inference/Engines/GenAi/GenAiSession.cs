using System.Diagnostics;
using Pipeline.Inference.Generation;

namespace Pipeline.Inference.Engines.GenAi;

/// <summary>A document in a GenAI generator's cache.</summary>
internal sealed class GenAiSession(GenAiGenerator generator, ReadReport report, DocumentCapacity capacity, IReadOnlyList<int> modelStopTokens) : IDocumentSession
{
    private bool interrupted;

    public int TokenCount => report.TotalTokens;

    public ReadReport Report => report;

    public IReadOnlyList<GeneratedAnswer> Answer(
        IReadOnlyList<QuestionTokens> questions, GenerationOptions options, IAnswerObserver? observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(options);
        if (interrupted)
        {
            throw new InferenceException("An answer was interrupted, and GenAI can't go on from there; read the document again.");
        }

        var limits = questions.Select((q, i) => capacity.AnswerTokens(i, q.Tokens.Count, TokenCount, options.MaxTokens)).ToArray();
        var stop = (options.StopTokens ?? modelStopTokens).Concat(modelStopTokens).ToHashSet(); // GenAI ends at the model's own in any case.
        var answers = new List<GeneratedAnswer>(questions.Count);
        for (var i = 0; i < limits.Length; i++)
        {
            var sampler = options.Temperature > 0 ? new Sampler(options, i) : null;
            var answer = AnswerOne(i, questions[i].Tokens, limits[i], stop, sampler, observer, cancellation);
            answers.Add(answer);
            observer?.OnFinished(answer);
        }

        return answers;
    }

    public void Dispose() => generator.Dispose();

    private GeneratedAnswer AnswerOne(
        int index, IReadOnlyList<int> question, int maxTokens, HashSet<int> stop, Sampler? sampler, IAnswerObserver? observer, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        interrupted = true;
        generator.RewindTo(TokenCount);
        generator.Append(question.ToArray(), cancellation);
        interrupted = false;
        var questionRead = Stopwatch.GetTimestamp();

        var tokens = new List<int>();
        var reason = FinishReason.Length;
        var generated = 0;
        while (generated < maxTokens)
        {
            cancellation.ThrowIfCancellationRequested();
            var token = sampler is null ? generator.GenerateNext() : Draw(sampler, tokens, cancellation);
            generated++;
            if (stop.Contains(token))
            {
                reason = FinishReason.Stop;
                break;
            }

            tokens.Add(token);
            observer?.OnToken(index, token);
        }

        var usage = new AnswerUsage(
            TokenCount + question.Count,
            TokenCount,
            question.Count,
            generated,
            Stopwatch.GetElapsedTime(started, questionRead).TotalMilliseconds,
            Stopwatch.GetElapsedTime(questionRead).TotalMilliseconds);
        return new GeneratedAnswer(index, tokens, reason, usage);
    }

    /// <summary>Draws with our sampler, so that a seed means the same in every engine; GenAI's own settings are fixed before the document is read.</summary>
    private int Draw(Sampler sampler, List<int> tokens, CancellationToken cancellation)
    {
        if (tokens.Count > 0)
        {
            generator.Append([tokens[^1]], cancellation);
        }

        return sampler.Choose(generator.Logits());
    }
}
