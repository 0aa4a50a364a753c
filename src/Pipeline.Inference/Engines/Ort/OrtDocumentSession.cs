using Pipeline.Inference.Evidence;
using Pipeline.Inference.Generation;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>Answers questions from a document's cache.</summary>
internal sealed class OrtDocumentSession(OrtModel model, OrtDocument document, ReadReport report, long batchBytes) : IDocumentSession
{
    /// <summary>The document in its cache.</summary>
    internal OrtDocument Document => document;

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
                i, q.Tokens, TokenCount, document.Capacity.AnswerTokens(i, q.Tokens.Count, TokenCount, options.MaxTokens), new Sampler(options, i)))
            .ToArray();
        var stop = (options.StopTokens ?? model.Config.EosTokenIds).ToHashSet();
        var batch = new OrtBatch(model, document, stop, observer, options.Attention is { } request && CanRead(request.Heads) ? new OrtAttentionWeights(model, document, request) : null);
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
    internal StepResult Evaluate(IReadOnlyList<int> tokens, IReadOnlyList<int> rows, long[]? queryLimits, CancellationToken cancellation) => document.ReadAfter(
        document.Cache.Sequence(0), [.. tokens.Select(t => (long)t)], [.. rows.Select(r => (long)r)], queryLimits, cancellation);

    public void Dispose() => document.Dispose();

    /// <summary>Whether the heads' layers were chosen when the engine was loaded; without them answers come without attention.</summary>
    private bool CanRead(IReadOnlyList<AttentionHead> heads) => heads.All(h => model.Queries.Any(q => q.Layer == h.Layer));

    private int BatchSize(int questions)
    {
        // One layer's keys are one tensor, and .NET's spans over it end at 2 GiB.
        var sequence = model.CacheBytesPerToken * document.Cache.Capacity;
        var layer = sequence / (2L * model.Config.NumHiddenLayers);
        return (int)Math.Min(questions, Math.Min(batchBytes / sequence, int.MaxValue / layer));
    }
}
