namespace Pipeline.Inference.Evidence;

/// <summary>
/// Finds the attention heads that point from a question to the sentence that answers it ("retrieval heads", Wu et al., arXiv 2404.15574), and the normalisation, from questions with known evidence.
/// </summary>
public sealed class HeadSearch(IReadOnlyList<AttentionHead> heads)
{
    /// <summary>A setting that costs time or clarity must gain this much mean reciprocal rank; less is within what another set of questions would change.</summary>
    private const double LeastGain = 0.01;

    private static readonly double[] Exponents = [0.25, 0.5];
    private static readonly double[] Weights = [0.5, 1];

    private readonly List<Sample> samples = [];
    private readonly List<(string Answer, double[][] Sums, bool Answerable)> answers = [];

    /// <summary>Adds a question.</summary>
    /// <param name="document">The document it is about.</param>
    /// <param name="attention">Attention of all heads of the search.</param>
    /// <param name="contentFree">The same of a question without content.</param>
    /// <param name="right">Sentences that answer it; empty where the document does not.</param>
    /// <param name="answer">What the model answered.</param>
    public void Add(EvidenceDocument document, QuestionAttention attention, QuestionAttention contentFree, IReadOnlyCollection<int> right, string answer)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(attention);
        ArgumentNullException.ThrowIfNull(contentFree);
        ArgumentNullException.ThrowIfNull(right);
        double[][] sums = Sums(document, attention);
        answers.Add((answer, sums, right.Count > 0));
        if (right.Count > 0)
        {
            samples.Add(new Sample(sums, Sums(document, contentFree), document.TokenCounts, [.. right]));
        }
    }

    /// <summary>The best calibration for the questions added.</summary>
    /// <param name="count">Heads to use.</param>
    /// <param name="fixedHeads">Heads to use instead of searching, or null.</param>
    /// <exception cref="InferenceException">No question with evidence was added.</exception>
    public EvidenceCalibration Best(int count, IReadOnlyList<AttentionHead>? fixedHeads = null)
    {
        if (samples.Count == 0)
        {
            throw new InferenceException("No question with evidence is left to choose heads by; questions need an evidence sentence that stands in their document.");
        }

        int[] chosen = fixedHeads is null
            ? [.. Enumerable.Range(0, heads.Count).OrderByDescending(h => Measure([h], 0, 0).Mrr).Take(count)]
            : [.. fixedHeads.Select(Index)];

        double exponent = 0, weight = 0, best = Measure(chosen, 0, 0).Mrr;
        foreach (double candidate in Exponents)
        {
            if (Measure(chosen, candidate, 0).Mrr is var mrr && mrr >= best + LeastGain)
            {
                (exponent, best) = (candidate, mrr);
            }
        }

        foreach (double candidate in Weights)
        {
            if (Measure(chosen, exponent, candidate).Mrr is var mrr && mrr >= best + LeastGain)
            {
                (weight, best) = (candidate, mrr);
            }
        }

        return new EvidenceCalibration
        {
            Heads = [.. chosen.Select(h => heads[h].ToString())],
            LengthExponent = exponent,
            ContentFreeWeight = weight,
            NoAnswer = BestNoAnswer(chosen),
        };
    }

    /// <summary>How well single heads do, the best first: for people.</summary>
    public IEnumerable<(AttentionHead Head, RankQuality Quality)> Single()
        => Enumerable.Range(0, heads.Count).Select(h => (heads[h], Measure([h], 0, 0))).OrderByDescending(m => m.Item2.Mrr);

    /// <summary>The sign and threshold with the highest F1 on the questions added; null where all or none are answerable.</summary>
    private NoAnswerRule? BestNoAnswer(int[] chosen)
    {
        (string Answer, double Mass, bool Answerable)[] seen =
            [.. answers.Select(a => (a.Answer, chosen.Average(h => a.Sums[h].Sum()), a.Answerable))];
        if (seen.All(s => s.Answerable) || !seen.Any(s => s.Answerable))
        {
            return null;
        }

        NoAnswerRule? best = null;
        double highest = 0;
        foreach (NoAnswerSign sign in Enum.GetValues<NoAnswerSign>())
        {
            foreach (double mass in seen.Select(s => s.Mass).Order())
            {
                var rule = new NoAnswerRule(sign, Math.Round(mass, 4));
                int found = seen.Count(s => !s.Answerable && rule.Applies(s.Answer, s.Mass));
                int wrong = seen.Count(s => s.Answerable && rule.Applies(s.Answer, s.Mass));
                double f1 = 2.0 * found / ((2 * found) + wrong + seen.Count(s => !s.Answerable) - found);
                if (f1 > highest)
                {
                    (highest, best) = (f1, rule);
                }
            }
        }

        return best;
    }

    private RankQuality Measure(int[] chosen, double exponent, double weight)
        => RankQuality.Of([.. samples.Select(s =>
        {
            double[] sums = Mean(s.Sums, chosen);
            SentenceScores scores = SentenceScores.Of(sums, weight > 0 ? Mean(s.Baseline, chosen) : null, s.TokenCounts, exponent, weight);
            return RankQuality.FirstRight(scores.Values, s.Right);
        })]);

    private static double[] Mean(double[][] sums, int[] chosen)
    {
        double[] mean = new double[sums[0].Length];
        foreach (int head in chosen)
        {
            for (int s = 0; s < mean.Length; s++)
            {
                mean[s] += sums[head][s] / chosen.Length;
            }
        }

        return mean;
    }

    private static double[][] Sums(EvidenceDocument document, QuestionAttention attention)
        => [.. Enumerable.Range(0, attention.Heads.Count).Select(h => document.SumBySentence(attention.Of(h)))];

    private int Index(AttentionHead head) => heads.ToList().IndexOf(head) is var index and >= 0
        ? index
        : throw new InferenceException($"The model has no attention head {head}.");

    /// <summary>A question with evidence: attention by head and sentence, the same without content, and the sentences that are right.</summary>
    private sealed record Sample(double[][] Sums, double[][] Baseline, int[] TokenCounts, int[] Right);
}
