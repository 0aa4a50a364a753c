using System.Diagnostics;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>Decodes questions together, one sequence of a cache each.</summary>
internal sealed class OrtBatch(OrtModel model, OrtDocument document, IReadOnlySet<int> stop, IAnswerObserver? observer, OrtAttentionWeights? weights = null)
{
    /// <summary>Answers all of <paramref name="answers"/>, at most as many as the cache has sequences.</summary>
    internal void Run(OrtKvCache cache, RunningAnswer[] answers, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        double Elapsed() => Stopwatch.GetElapsedTime(started).TotalMilliseconds;

        for (var i = 0; i < answers.Length; i++)
        {
            if (cache != document.Cache)
            {
                cache.CopyFrom(document.Cache, i);
            }

            var answer = answers[i];
            var result = document.ReadAfter(cache.Sequence(i), answer.Question, [answer.Question.Length - 1], weights?.QueryLimits(answer.Question.Length), cancellation);
            answer.Attention = weights?.Of(result.Queries, cache, i, answer.Question.Length, cancellation);
            answer.PrefillMs = Elapsed();
            answer.Take(result.Logits, stop, Elapsed(), observer);
        }

        while (Array.Exists(answers, a => a.Finished is null))
        {
            var logits = Step(cache, answers, cancellation);
            for (var i = 0; i < answers.Length; i++)
            {
                if (answers[i].Finished is null)
                {
                    answers[i].Take(logits.AsSpan(i * model.Config.VocabSize, model.Config.VocabSize), stop, Elapsed(), observer);
                }
            }
        }
    }

    private float[] Step(OrtKvCache cache, RunningAnswer[] answers, CancellationToken cancellation)
    {
        // A sequence that is finished, or has no question in this batch, goes on beside the others over a row nobody reads.
        var tokens = new long[cache.Sequences];
        var totals = new int[cache.Sequences];
        for (var i = 0; i < tokens.Length; i++)
        {
            if (i >= answers.Length)
            {
                totals[i] = document.Length + 1;
                continue;
            }

            if (answers[i].Finished is null)
            {
                answers[i].Advance();
            }

            tokens[i] = answers[i].Last;
            totals[i] = answers[i].Total;
        }

        return cache.All().Run(new OrtStep(tokens, totals, [0], document.LongRope), cancellation).Logits;
    }
}
