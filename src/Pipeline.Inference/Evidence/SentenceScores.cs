namespace Pipeline.Inference.Evidence;

/// <summary>How much each sentence of a document drew of one question's attention.</summary>
public sealed class SentenceScores
{
    private SentenceScores(double[] values, double mass)
    {
        Values = values;
        Mass = mass;
    }

    /// <summary>One score a sentence, <c>[sentences]</c>; what orders them.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>Attention to all sentences together, 0 to 1; the rest went to the prompt's own words.</summary>
    public double Mass { get; }

    /// <summary>Sums the attention of the calibrated heads by sentence.</summary>
    /// <param name="document">Sentences and tokens.</param>
    /// <param name="calibration">Normalisation.</param>
    /// <param name="attention">The question's attention, of the calibration's heads.</param>
    /// <param name="contentFree">The same of a question without content, where the calibration wants it taken away.</param>
    public static SentenceScores Of(EvidenceDocument document, EvidenceCalibration calibration, QuestionAttention attention, QuestionAttention? contentFree = null)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(calibration);
        ArgumentNullException.ThrowIfNull(attention);
        double[] sums = Mean(document, attention);
        double[]? baseline = contentFree is not null && calibration.ContentFreeWeight > 0 ? Mean(document, contentFree) : null;
        return Of(sums, baseline, document.TokenCounts, calibration.LengthExponent, calibration.ContentFreeWeight);
    }

    /// <summary>From sums by sentence.</summary>
    internal static SentenceScores Of(double[] sums, double[]? baseline, int[] tokenCounts, double lengthExponent, double contentFreeWeight)
    {
        double[] values = new double[sums.Length];
        for (int s = 0; s < sums.Length; s++)
        {
            double value = baseline is null ? sums[s] : sums[s] - (contentFreeWeight * baseline[s]);
            values[s] = lengthExponent == 0 ? value : value / Math.Pow(Math.Max(1, tokenCounts[s]), lengthExponent);
        }

        return new SentenceScores(values, sums.Sum());
    }

    /// <summary>Sentences from the best on; equal scores in text order.</summary>
    public int[] Ranking() => [.. Enumerable.Range(0, Values.Count).OrderByDescending(i => Values[i]).ThenBy(i => i)];

    private static double[] Mean(EvidenceDocument document, QuestionAttention attention)
    {
        double[] mean = new double[document.Sentences.Count];
        for (int h = 0; h < attention.Heads.Count; h++)
        {
            double[] sums = document.SumBySentence(attention.Of(h));
            for (int s = 0; s < mean.Length; s++)
            {
                mean[s] += sums[s] / attention.Heads.Count;
            }
        }

        return mean;
    }
}
