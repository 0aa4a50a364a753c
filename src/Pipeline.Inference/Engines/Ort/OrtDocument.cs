namespace Pipeline.Inference.Engines.Ort;

/// <summary>A document's cache, with room for a question and its answer after it.</summary>
internal sealed class OrtDocument(OrtModel model, DocumentCapacity capacity, int chunkTokens) : IDisposable
{
    /// <summary>Sequence 0 is the document.</summary>
    internal OrtKvCache Cache { get; } = new(model, 1, capacity.Tokens);

    internal DocumentCapacity Capacity => capacity;

    /// <summary>Tokens of the document in the cache; rows after them are scratch.</summary>
    internal int Length { get; private set; }

    /// <summary>
    /// LongRoPE models rotate keys by one of two tables, and keys of one are wrong with the other: the longest total length that this document can reach decides, once.
    /// </summary>
    internal bool LongRope { get; } = model.OriginalContext is { } original && capacity.Tokens > original;

    /// <summary>Reads the document's next tokens.</summary>
    internal void Read(ReadOnlySpan<long> tokens, CancellationToken cancellation)
    {
        Cache.Sequence(0).Run(new OrtStep(tokens.ToArray(), [Length + tokens.Length], [], LongRope), cancellation);
        Length += tokens.Length;
    }

    /// <summary>The first <paramref name="length"/> tokens are in the cache from elsewhere.</summary>
    internal void Restored(int length) => Length = length;

    /// <summary>Reads tokens after the document into <paramref name="sequence"/>, a copy of the document's or its own, chunk by chunk.</summary>
    /// <param name="sequence">The bound sequence.</param>
    /// <param name="tokens">Tokens after the document.</param>
    /// <param name="logitRows">Ascending rows of <paramref name="tokens"/> whose logits are wanted.</param>
    /// <param name="queryLimits">For each copy of the chosen layers' queries that is wanted the position it is rotated to at most; null where none is wanted.</param>
    /// <param name="cancellation">Stops between operators.</param>
    /// <returns>Logits [rows, vocabulary]; queries for each chosen layer [copies, tokens, width].</returns>
    internal StepResult ReadAfter(OrtBinding sequence, long[] tokens, long[] logitRows, long[]? queryLimits, CancellationToken cancellation)
    {
        var logits = new List<float[]>();
        var queries = new List<float[][]>();
        for (var start = 0; start < tokens.Length; start += chunkTokens)
        {
            var chunk = tokens[start..Math.Min(start + chunkTokens, tokens.Length)];
            long[] rows = [.. logitRows.Where(r => r >= start && r < start + chunk.Length).Select(r => r - start)];
            var result = sequence.Run(new OrtStep(chunk, [Length + start + chunk.Length], rows, LongRope, queryLimits), cancellation);
            logits.Add(result.Logits);
            queries.Add(result.Queries);
        }

        return new StepResult(
            [.. logits.SelectMany(l => l)],
            queryLimits is null ? [] : [.. model.Queries.Select((q, i) => Join([.. queries.Select(chunk => chunk[i])], model.QueryCopies(queryLimits)))]);
    }

    /// <summary>Chunks of <c>[copies, tokens, width]</c> as one.</summary>
    private static float[] Join(float[][] chunks, int copies) => chunks.Length == 1
        ? chunks[0]
        : [.. Enumerable.Range(0, copies).SelectMany(copy => chunks.SelectMany(c => c[(copy * (c.Length / copies))..((copy + 1) * (c.Length / copies))]))];

    public void Dispose() => Cache.Dispose();
}
