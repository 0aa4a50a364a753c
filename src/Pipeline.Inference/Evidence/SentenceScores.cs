namespace Pipeline.Inference.Evidence;

/// <summary>How much each sentence of a document drew of one question's attention.</summary>
public sealed class SentenceScores
{
    private SentenceScores(double[] values, double mass)
    {
        Values = values;
        Mass = mass;
    }

    /// <summary>The sentence's share of the attention that went to sentences, averaged over the heads, <c>[sentences]</c>; what orders them.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>Attention to all sentences together, 0 to 1; the rest went to the prompt's own words.</summary>
    public double Mass { get; }

    /// <summary>
    /// Sums each head's attention by sentence. Every head has the same say, however much of its attention stays with the prompt's own words: in a long document that differs most.
    /// </summary>
    /// <param name="document">Sentences and tokens.</param>
    /// <param name="attention">The question's attention, of the calibration's heads.</param>
    public static SentenceScores Of(EvidenceDocument document, QuestionAttention attention)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(attention);
        double[] values = new double[document.Sentences.Count];
        double mass = 0;
        for (int h = 0; h < attention.Heads.Count; h++)
        {
            double[] sums = document.SumBySentence(attention.Of(h));
            double total = sums.Sum();
            mass += total / attention.Heads.Count;
            for (int s = 0; s < sums.Length && total > 0; s++)
            {
                values[s] += sums[s] / total / attention.Heads.Count;
            }
        }

        return new SentenceScores(values, mass);
    }

    /// <summary>Sentences from the best on; equal scores in text order.</summary>
    public int[] Ranking() => [.. Enumerable.Range(0, Values.Count).OrderByDescending(i => Values[i]).ThenBy(i => i)];
}
