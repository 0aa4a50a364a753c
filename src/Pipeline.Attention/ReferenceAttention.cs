namespace Pipeline.Attention;

/// <summary>Attention as the formula says, in double precision over plain arrays: what everything here is tested against.</summary>
public static class ReferenceAttention
{
    /// <summary>softmax(scale · q·k) · v for one query.</summary>
    /// <param name="query"><c>[headSize]</c>, after rotary.</param>
    /// <param name="keys"><c>[tokens, headSize]</c>, after rotary, the keys the query sees.</param>
    /// <param name="values"><c>[tokens, headSize]</c>.</param>
    /// <param name="scale">Factor on scores.</param>
    /// <param name="softcap">0 for none.</param>
    /// <param name="sink">Logit of the attention sink, or null.</param>
    /// <returns>The output, <c>[headSize]</c>, and the natural-log sum of exponentials.</returns>
    public static (double[] Output, double LogSumExp) Attend(
        ReadOnlySpan<double> query, ReadOnlySpan<double> keys, ReadOnlySpan<double> values, double scale, double softcap = 0, double? sink = null)
    {
        int headSize = query.Length, tokens = keys.Length / headSize;
        double[] scores = new double[tokens];
        double highest = sink ?? double.NegativeInfinity;
        for (int t = 0; t < tokens; t++)
        {
            double score = 0;
            for (int d = 0; d < headSize; d++)
            {
                score += query[d] * keys[(t * headSize) + d];
            }

            score *= scale;
            scores[t] = softcap > 0 ? softcap * Math.Tanh(score / softcap) : score;
            highest = Math.Max(highest, scores[t]);
        }

        double sum = sink is { } s ? Math.Exp(s - highest) : 0;
        double[] output = new double[headSize];
        for (int t = 0; t < tokens; t++)
        {
            double weight = Math.Exp(scores[t] - highest);
            sum += weight;
            for (int d = 0; d < headSize; d++)
            {
                output[d] += weight * values[(t * headSize) + d];
            }
        }

        for (int d = 0; d < headSize; d++)
        {
            output[d] /= sum;
        }

        return (output, highest + Math.Log(sum));
    }
}
