using System.Diagnostics;
using Pipeline.Inference.Evidence;
using Pipeline.Inference.Generation;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>Answers questions from a document's cache.</summary>
internal sealed class OrtDocumentSession(OrtModel model, OrtDocument document, ReadReport report, long batchBytes) : IDocumentSession
{
    /// <summary>What a question looks at in the document.</summary>
    internal OrtAttentionWeights Weights { get; } = new(model, document);

    public int TokenCount => document.Length;

    public ReadReport Report => report;

    /// <remarks>
    /// Questions of a batch are read one after another (GroupQueryAttention takes several new tokens after a past for one sequence only) and decode together, each
    /// in a copy of the document's cache. A single question, or all of them where memory has no room for two copies, run in the document's own cache, in turn.
    /// </remarks>
    public IReadOnlyList<GeneratedAnswer> Answer(
        IReadOnlyList<QuestionTokens> questions, GenerationOptions options, IAnswerObserver? observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(options);
        var running = questions
            .Select((q, i) => new RunningAnswer(
                i, q.Tokens, TokenCount, document.Capacity.AnswerTokens(i, q.Tokens.Count, TokenCount, options.MaxTokens), new Sampler(options, i))
            {
                Attention = options.AttentionHeads is { Count: > 0 } heads && CanRead(heads) ? ReadAttention(q.Tokens, heads, cancellation) : null,
            })
            .ToArray();
        var stop = (options.StopTokens ?? model.Config.EosTokenIds).ToHashSet();
        var batch = new OrtBatch(model, document, stop, observer);
        var size = BatchSize(questions.Count);
        if (size < 2)
        {
            foreach (var answer in running)
            {
                batch.Run(document.Cache, [answer], cancellation);
            }
        }
        else
        {
            using var copies = new OrtKvCache(model, size, document.Cache.Capacity);
            foreach (var group in running.Chunk(size))
            {
                batch.Run(copies, group, cancellation);
            }
        }

        return [.. running.Select(a => a.Finished!)];
    }

    /// <summary>Logits of chosen rows of tokens that follow the document, which stays as it is.</summary>
    /// <returns>[rows, vocabulary], and the queries of the chosen layers.</returns>
    internal StepResult Evaluate(IReadOnlyList<int> tokens, IReadOnlyList<int> rows, bool wantsQueries, CancellationToken cancellation) => document.ReadAfter(
        document.Cache.Sequence(0), [.. tokens.Select(t => (long)t)], [.. rows.Select(r => (long)r)], wantsQueries, cancellation);

    public void Dispose() => document.Dispose();

    /// <summary>Whether the heads' layers were chosen when the engine was loaded; without them answers come without attention.</summary>
    private bool CanRead(IReadOnlyList<AttentionHead> heads) => heads.All(h => model.Queries.Any(q => q.Layer == h.Layer));

    /// <summary>A pass of its own over the question's tokens: its keys are overwritten when the question is answered.</summary>
    private QuestionAttention ReadAttention(IReadOnlyList<int> question, IReadOnlyList<AttentionHead> heads, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var probabilities = Weights.Of(question, [.. heads.Select(h => (h.Layer, h.Head))], cancellation);
        return new QuestionAttention(heads, probabilities, Stopwatch.GetElapsedTime(start));
    }

    private int BatchSize(int questions)
    {
        // One layer's keys are one tensor, and .NET's spans over it end at 2 GiB.
        var sequence = model.CacheBytesPerToken * document.Cache.Capacity;
        var layer = sequence / (2L * model.Config.NumHiddenLayers);
        return (int)Math.Min(questions, Math.Min(batchBytes / sequence, int.MaxValue / layer));
    }
}
