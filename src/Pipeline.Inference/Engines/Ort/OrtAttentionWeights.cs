using System.Numerics.Tensors;
using Pipeline.Attention;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>What a question looks at in the document: attention probabilities of chosen heads, from the graph's queries and the cache's keys.</summary>
internal sealed class OrtAttentionWeights(OrtModel model, OrtDocument document)
{
    /// <summary>The probability that a head gives to each document token, averaged over the question's tokens.</summary>
    /// <param name="question">The question's tokens, which follow the document.</param>
    /// <param name="heads">Layers and query heads; the layers were chosen when the engine was loaded.</param>
    /// <param name="cancellation">Looked at between chunks and heads.</param>
    /// <returns>For each head, one number for each document token.</returns>
    /// <exception cref="InferenceException">A layer was not chosen, or has no such head.</exception>
    internal float[][] Of(IReadOnlyList<int> question, IReadOnlyList<(int Layer, int Head)> heads, CancellationToken cancellation)
    {
        var outputs = heads.Select(h => Output(h.Layer, h.Head)).ToArray();
        document.Capacity.AnswerTokens(0, question.Count, document.Length, 1);
        var queries = document.ReadAfter(document.Cache.Sequence(0), [.. question.Select(t => (long)t)], [], wantsQueries: true, cancellation).Queries;

        var weights = new float[heads.Count][];
        foreach (var layer in heads.Select((h, i) => (h.Layer, h.Head, Index: i)).GroupBy(h => h.Layer))
        {
            var parameters = outputs[layer.First().Index].Parameters;
            var keys = Keys(layer.Key, document.Length + question.Count);
            foreach (var (_, head, index) in layer)
            {
                cancellation.ThrowIfCancellationRequested();
                weights[index] = Average(queries[IndexOf(outputs[index])], keys, parameters, head, question.Count);
            }
        }

        return weights;
    }

    /// <summary>Softmax of one query's scores over the keys it sees.</summary>
    /// <param name="query"><c>[headSize]</c>, after rotary.</param>
    /// <param name="keys"><c>[tokens, headSize]</c>, after rotary, up to the query's own.</param>
    /// <param name="parameters">Scale, softcap and window.</param>
    /// <param name="probabilities"><c>[tokens]</c>; zero before the window.</param>
    /// <returns>The natural-log sum of exponentials of the scores.</returns>
    internal static double Softmax(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, AttentionParameters parameters, Span<double> probabilities)
    {
        var size = query.Length;
        var first = parameters.WindowTokens == 0 ? 0 : Math.Max(0, probabilities.Length - parameters.WindowTokens);
        probabilities[..first].Clear();
        var seen = probabilities[first..];
        for (var t = 0; t < seen.Length; t++)
        {
            double score = TensorPrimitives.Dot(query, keys.Slice((first + t) * size, size)) * parameters.EffectiveScale;
            seen[t] = parameters.Softcap > 0 ? parameters.Softcap * Math.Tanh(score / parameters.Softcap) : score;
        }

        var highest = TensorPrimitives.Max(seen);
        TensorPrimitives.Subtract(seen, highest, seen);
        TensorPrimitives.Exp(seen, seen);
        var sum = TensorPrimitives.Sum(seen);
        TensorPrimitives.Divide(seen, sum, seen);
        return highest + Math.Log(sum);
    }

    private float[] Average(float[] queries, float[] keys, AttentionParameters parameters, int head, int rows)
    {
        var size = parameters.HeadSize;
        var tokens = document.Length + rows;
        var headKeys = keys.AsSpan(head / parameters.GroupSize * tokens * size, tokens * size);
        var sums = new double[document.Length];
        var probabilities = new double[tokens];
        for (var row = 0; row < rows; row++)
        {
            var seen = document.Length + row + 1;
            var query = queries.AsSpan((row * parameters.QueryHeads * size) + (head * size), size);
            Softmax(query, headKeys[..(seen * size)], parameters, probabilities.AsSpan(0, seen));
            TensorPrimitives.Add(sums, probabilities.AsSpan(0, sums.Length), sums);
        }

        return Array.ConvertAll(sums, s => (float)(s / rows));
    }

    /// <summary>Keys of a layer, <c>[kvHeads, tokens, headSize]</c>.</summary>
    internal float[] Keys(int layer, int tokens)
    {
        var floats = checked(model.Config.NumKeyValueHeads * tokens * model.Config.HeadSize);
        var raw = new byte[checked(floats * TensorElements.Size(model.CacheType))];
        document.Cache.ReadKeys(layer, 0, tokens, raw);
        var keys = new float[floats];
        TensorElements.ToSingle(model.CacheType, raw, keys);
        return keys;
    }

    private QueryOutput Output(int layer, int head)
    {
        var output = model.Queries.FirstOrDefault(q => q.Layer == layer)
            ?? throw new InferenceException($"Layer {layer} was not among the layers for evidence when the engine was loaded (OrtOptions.QueryLayers).");
        return head >= 0 && head < output.Parameters.QueryHeads
            ? output
            : throw new InferenceException($"Layer {layer} has no query head {head}; its heads are 0 to {output.Parameters.QueryHeads - 1}.");
    }

    private int IndexOf(QueryOutput output) => model.Queries.ToList().IndexOf(output);
}
