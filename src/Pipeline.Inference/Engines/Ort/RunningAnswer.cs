using Pipeline.Inference.Evidence;
using Pipeline.Inference.Generation;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>A question on its way to an answer.</summary>
internal sealed class RunningAnswer(int index, IReadOnlyList<int> question, int documentTokens, int maxTokens, Sampler sampler)
{
    private readonly List<int> tokens = [];

    internal long[] Question { get; } = [.. question.Select(t => (long)t)];

    /// <summary>The token that goes into the model next.</summary>
    internal int Last { get; private set; }

    /// <summary>Tokens whose keys and values are in the cache, or will be after the next step.</summary>
    internal int Total { get; private set; } = documentTokens + question.Count;

    /// <summary>Milliseconds of reading the question.</summary>
    internal double PrefillMs { get; set; }

    /// <summary>The question's attention to the document, where it was asked for.</summary>
    internal QuestionAttention? Attention { get; set; }

    /// <summary>The answer, when it is complete.</summary>
    internal GeneratedAnswer? Finished { get; private set; }

    /// <summary>Makes room for <see cref="Last"/>.</summary>
    internal void Advance() => Total++;

    /// <summary>Takes the next token of the answer from its logits, [vocabulary].</summary>
    internal void Take(ReadOnlySpan<float> logits, IReadOnlySet<int> stop, double elapsedMs, IAnswerObserver? observer)
    {
        var token = sampler.Choose(logits);
        var stopped = stop.Contains(token);
        if (!stopped)
        {
            tokens.Add(token);
            Last = token;
            observer?.OnToken(index, token);
        }

        if (stopped || tokens.Count == maxTokens)
        {
            var generated = tokens.Count + (stopped ? 1 : 0);
            var usage = new AnswerUsage(documentTokens + question.Count, documentTokens, question.Count, generated, PrefillMs, elapsedMs - PrefillMs);
            Finished = new GeneratedAnswer(index, tokens, stopped ? FinishReason.Stop : FinishReason.Length, usage, Attention);
            observer?.OnFinished(Finished);
        }
    }
}
