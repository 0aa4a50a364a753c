using Pipeline.Inference.Evidence;
using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.Engines.Native;

/// <summary>A document in the KV cache. Questions fork it: they share its blocks and own their tails.</summary>
internal sealed class NativeSession(NativeEngine engine, KvSequence document, int ropeRegime, ReadReport report) : IDocumentSession
{
    /// <inheritdoc/>
    public int TokenCount => document.Length;

    /// <inheritdoc/>
    public ReadReport Report => report;

    /// <summary>The document's KV cache.</summary>
    internal KvSequence Document => document;

    internal int RopeRegime => ropeRegime;

    /// <inheritdoc/>
    public IReadOnlyList<GeneratedAnswer> Answer(
        IReadOnlyList<QuestionTokens> questions, GenerationOptions options, IAnswerObserver? observer, CancellationToken cancellation)
    {
        RefuseUnknownHeads(options.Attention?.Heads);
        for (int i = 0; i < questions.Count; i++)
        {
            RefuseTooLong(i, questions[i].Tokens.Count, options.MaxTokens);
        }

        var answers = new List<GeneratedAnswer>(questions.Count);
        for (int first = 0; first < questions.Count; first += engine.Options.MaxBatch)
        {
            int count = Math.Min(engine.Options.MaxBatch, questions.Count - first);
            using var batch = new AnswerBatch(engine, this, [.. questions.Skip(first).Take(count)], first, questions.Count == 1, options);
            answers.AddRange(batch.Run(observer, cancellation));
        }

        return answers;
    }

    /// <inheritdoc/>
    public void Dispose() => document.Dispose();

    private void RefuseUnknownHeads(IReadOnlyList<AttentionHead>? heads)
    {
        foreach (AttentionHead head in heads ?? [])
        {
            if (!engine.Layers.Any(l => l.Layer == head.Layer && (uint)head.Head < (uint)l.Parameters.QueryHeads))
            {
                throw new InferenceException(
                    $"{engine.Folder.Name} has no attention head {head}: {engine.Layers.Count} layers, up to {engine.Layers.Max(l => l.Parameters.QueryHeads)} heads each. Was {EvidenceCalibration.FileName} written for another model? Run pipeline calibrate.");
            }
        }
    }

    private void RefuseTooLong(int index, int tokens, int maxTokens)
    {
        if (tokens == 0)
        {
            throw new InferenceException($"Question {index + 1} is empty.");
        }

        int left = engine.ContextTokens - document.Length;
        if (tokens >= left)
        {
            throw new InferenceException(
                $"Question {index + 1} has {tokens:N0} tokens, but the document leaves {left:N0} of the model's {engine.ContextTokens:N0} for question and answer. Ask a shorter question, or use a model with a longer context (--model).");
        }

        engine.RefuseCrossing(ropeRegime, Math.Min(engine.ContextTokens, (long)document.Length + tokens + maxTokens));
    }
}
