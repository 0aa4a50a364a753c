using System.Diagnostics;
using System.Numerics.Tensors;
using Pipeline.Attention;
using Pipeline.Inference.Evidence;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>
/// The attention that chosen heads pay to the document's tokens, from the queries of a question's own pass and the cache's keys: what <see cref="KeyAttention"/> computes for the native engine.
/// </summary>
internal sealed class OrtAttentionWeights(OrtModel model, OrtDocument document, AttentionRequest request)
{
    private readonly QueryOutput[] outputs = [.. request.Heads.Select(h => Output(model, h))];

    /// <summary>Positions that the copies of the queries are rotated to at most: the first copy as they are, one more for each block of keys that is seen nearer than it lies.</summary>
    /// <param name="rows">Tokens of the question.</param>
    internal long[] QueryLimits(int rows) =>
    [
        long.MaxValue,
        .. Enumerable.Range(0, request.Distance == 0 ? 0 : (document.Length + KvLayout.BlockTokens - 1) / KvLayout.BlockTokens)
            .Select(b => ((long)b * KvLayout.BlockTokens) + request.Distance)
            .TakeWhile(limit => limit < document.Length + rows),
    ];

    /// <summary>Probabilities averaged over the question's tokens.</summary>
    /// <param name="queries">For each chosen layer [copies, tokens, width].</param>
    /// <param name="cache">The cache that the question was read into.</param>
    /// <param name="sequence">Which of its sequences.</param>
    /// <param name="rows">Tokens of the question.</param>
    /// <param name="cancellation">Looked at between heads.</param>
    internal QuestionAttention Of(float[][] queries, OrtKvCache cache, int sequence, int rows, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var mass = new float[request.Heads.Count][];
        foreach (var layer in outputs.Select((output, index) => (Output: output, Index: index)).GroupBy(o => o.Output))
        {
            var keys = Keys(model, cache, sequence, layer.Key.Layer, document.Length + rows);
            foreach (var (output, index) in layer)
            {
                cancellation.ThrowIfCancellationRequested();
                mass[index] = Average(queries[IndexOf(output)], keys, output.Parameters, request.Heads[index].Head, rows);
            }
        }

        return new QuestionAttention(request.Heads, mass, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Scores of one query with keys, both after rotary: <c>[keys]</c> from <c>[headSize]</c> and <c>[keys, headSize]</c>.</summary>
    internal static void Scores(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, AttentionParameters parameters, Span<double> scores)
    {
        for (var t = 0; t < scores.Length; t++)
        {
            double score = TensorPrimitives.Dot(query, keys.Slice(t * query.Length, query.Length)) * parameters.EffectiveScale;
            scores[t] = parameters.Softcap > 0 ? parameters.Softcap * Math.Tanh(score / parameters.Softcap) : score;
        }
    }

    /// <summary>Scores become their softmax.</summary>
    /// <returns>The natural-log sum of exponentials of the scores.</returns>
    internal static double Softmax(Span<double> scores)
    {
        var highest = TensorPrimitives.Max<double>(scores);
        TensorPrimitives.Subtract(scores, highest, scores);
        TensorPrimitives.Exp(scores, scores);
        var sum = TensorPrimitives.Sum<double>(scores);
        TensorPrimitives.Divide(scores, sum, scores);
        return highest + Math.Log(sum);
    }

    /// <summary>Keys of a layer, <c>[kvHeads, tokens, headSize]</c>.</summary>
    internal static float[] Keys(OrtModel model, OrtKvCache cache, int sequence, int layer, int tokens)
    {
        var floats = checked(model.Config.NumKeyValueHeads * tokens * model.Config.HeadSize);
        var raw = new byte[checked(floats * TensorElements.Size(model.CacheType))];
        cache.ReadKeys(layer, sequence, tokens, raw);
        var keys = new float[floats];
        TensorElements.ToSingle(model.CacheType, raw, keys);
        return keys;
    }

    private float[] Average(float[] queries, float[] keys, AttentionParameters parameters, int head, int rows)
    {
        var size = parameters.HeadSize;
        var length = document.Length;
        var width = parameters.QueryHeads * size;
        var headKeys = keys.AsSpan(head / parameters.GroupSize * (length + rows) * size, (length + rows) * size);
        var copies = queries.Length / (rows * width);
        var sums = new double[length];
        var scores = new double[length + rows];
        for (var row = 0; row < rows; row++)
        {
            var end = length + row + 1;
            var windowStart = parameters.WindowTokens == 0 ? 0 : Math.Max(0, end - parameters.WindowTokens);
            var first = Math.Max(request.FirstToken, windowStart);
            if (first >= length)
            {
                continue;
            }

            ReadOnlySpan<float> Query(int copy) => queries.AsSpan((((copy * rows) + row) * width) + (head * size), size);
            Scores(Query(0), headKeys[(windowStart * size)..(end * size)], parameters, scores.AsSpan(windowStart..end));
            Softmax(scores.AsSpan(windowStart..end));
            var own = scores.AsSpan(first..length);
            if (copies > 1)
            {
                // What the document has in all stays; how it divides is seen from nearer.
                var part = TensorPrimitives.Sum<double>(own);
                for (var t = first; t < length;)
                {
                    var block = t / KvLayout.BlockTokens;
                    var blockEnd = Math.Min(length, (block + 1) * KvLayout.BlockTokens);
                    Scores(Query(block + 1 < copies ? block + 1 : 0), headKeys[(t * size)..(blockEnd * size)], parameters, scores.AsSpan(t..blockEnd));
                    t = blockEnd;
                }

                Softmax(own);
                TensorPrimitives.Multiply(own, part, own);
            }

            TensorPrimitives.Add(sums.AsSpan(first), own, sums.AsSpan(first));
        }

        return Array.ConvertAll(sums, s => (float)(s / rows));
    }

    private static QueryOutput Output(OrtModel model, AttentionHead head)
    {
        var output = model.Queries.FirstOrDefault(q => q.Layer == head.Layer)
            ?? throw new InferenceException($"Layer {head.Layer} was not among the layers for evidence when the engine was loaded (OrtOptions.QueryLayers).");
        return head.Head >= 0 && head.Head < output.Parameters.QueryHeads
            ? output
            : throw new InferenceException($"Layer {head.Layer} has no query head {head.Head}; its heads are 0 to {output.Parameters.QueryHeads - 1}.");
    }

    private int IndexOf(QueryOutput output) => model.Queries.ToList().IndexOf(output);
}
