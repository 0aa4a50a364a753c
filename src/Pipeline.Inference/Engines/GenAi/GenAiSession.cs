using System.Diagnostics;

namespace Pipeline.Inference.Engines.GenAi;

/// <summary>A document in a GenAI generator's cache.</summary>
internal sealed class GenAiSession(GenAiGenerator generator, ReadReport report, int capacity, IReadOnlyList<int> modelStopTokens) : IDocumentSession
{
    private bool _interrupted;

    public int TokenCount => report.TotalTokens;

    public ReadReport Report => report;

    public IReadOnlyList<GeneratedAnswer> Answer(
        IReadOnlyList<QuestionTokens> questions, GenerationOptions options, IAnswerObserver? observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(options);
        if (_interrupted)
        {
            throw new InferenceException("An answer was interrupted, and GenAI can't go on from there; read the document again.");
        }

        var limits = questions.Select((q, i) => DocumentCapacity.AnswerTokens(i, q.Tokens.Count, TokenCount, capacity, options.MaxTokens)).ToArray();
        var stop = (options.StopTokens ?? modelStopTokens).Concat(modelStopTokens).ToHashSet(); // GenAI ends at the model's own in any case.
        var answers = new List<GeneratedAnswer>(questions.Count);
        for (var i = 0; i < limits.Length; i++)
        {
            var answer = AnswerOne(i, questions[i].Tokens, limits[i], stop, observer, cancellation);
            answers.Add(answer);
            observer?.OnFinished(answer);
        }

        return answers;
    }

    public void Dispose() => generator.Dispose();

    private GeneratedAnswer AnswerOne(
        int index, IReadOnlyList<int> question, int maxTokens, HashSet<int> stop, IAnswerObserver? observer, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        _interrupted = true;
        generator.RewindTo(TokenCount);
        generator.Append(question.ToArray(), cancellation);
        _interrupted = false;
        var questionRead = Stopwatch.GetTimestamp();

        var tokens = new List<int>();
        var reason = FinishReason.Length;
        var generated = 0;
        while (generated < maxTokens)
        {
            cancellation.ThrowIfCancellationRequested();
            var token = generator.GenerateNext();
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
}
