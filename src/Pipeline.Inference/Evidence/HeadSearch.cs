namespace Pipeline.Inference.Evidence;

/// <summary>Finds the attention heads that point from a question to the sentence that answers it ("retrieval heads", Wu et al., arXiv 2404.15574), from questions with known evidence.</summary>
public sealed class HeadSearch(IReadOnlyList<AttentionHead> heads)
{
    private readonly List<Sample> single = [];
    private readonly List<Sample> joined = [];
    private readonly List<(string Answer, double[][] Sums, bool Answerable)> answers = [];

    /// <summary>Adds a question about a document of its own.</summary>
    /// <param name="document">The document it is about.</param>
    /// <param name="attention">Attention of all heads of the search.</param>
    /// <param name="right">Sentences that answer it; empty where the document does not.</param>
    /// <param name="answer">What the model answered.</param>
    public void Add(EvidenceDocument document, QuestionAttention attention, IReadOnlyCollection<int> right, string answer)
    {
        ArgumentNullException.ThrowIfNull(right);
        double[][] sums = Sums(document, attention);
        answers.Add((answer, sums, right.Count > 0));
        if (right.Count > 0)
        {
            single.Add(new Sample(sums, [.. right]));
        }
    }

    /// <summary>Adds a question about one of several documents that were read as one long one.</summary>
    public void AddJoined(EvidenceDocument document, QuestionAttention attention, IReadOnlyCollection<int> right)
    {
        ArgumentNullException.ThrowIfNull(right);
        joined.Add(new Sample(Sums(document, attention), [.. right]));
    }

    /// <summary>The heads that rank best, each alone, and when they say that there is no answer.</summary>
    /// <param name="count">Heads to use.</param>
    /// <param name="fixedHeads">Heads to use instead of searching, or null.</param>
    /// <exception cref="InferenceException">No question with evidence was added.</exception>
    public EvidenceCalibration Best(int count, IReadOnlyList<AttentionHead>? fixedHeads = null)
    {
        if (single.Count == 0)
        {
            throw new InferenceException("No question with evidence is left to choose heads by; questions need an evidence sentence that stands in their document.");
        }

        int[] chosen = fixedHeads is null ? [.. Ordered().Take(count)] : [.. fixedHeads.Select(Index)];
        return new EvidenceCalibration { Heads = [.. chosen.Select(h => heads[h].ToString())], NoAnswer = BestNoAnswer(chosen) };
    }

    /// <summary>How well single heads do, the best first: for people.</summary>
    public IEnumerable<(AttentionHead Head, RankQuality Alone, RankQuality Joined)> Single()
        => Ordered().Select(h => (heads[h], Measure(single, h), Measure(joined, h)));

    /// <summary>By what a head finds in documents alone and in joined ones, which count the same: what it does far back shows in no short document.</summary>
    private IEnumerable<int> Ordered() => Enumerable.Range(0, heads.Count).OrderByDescending(h => Measure(single, h).Mrr + Measure(joined, h).Mrr);

    private static RankQuality Measure(List<Sample> samples, int head) => RankQuality.Of([.. samples.Select(s => RankQuality.FirstRight(s.Sums[head], s.Right))]);

    /// <summary>The sign and threshold with the highest F1 on the questions added; null where all or none are answerable.</summary>
    private NoAnswerRule? BestNoAnswer(int[] chosen)
    {
        (string Answer, double Mass, bool Answerable)[] seen = [.. answers.Select(a => (a.Answer, chosen.Average(h => a.Sums[h].Sum()), a.Answerable))];
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

    private static double[][] Sums(EvidenceDocument document, QuestionAttention attention)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(attention);
        return [.. Enumerable.Range(0, attention.Heads.Count).Select(h => document.SumBySentence(attention.Of(h)))];
    }

    private int Index(AttentionHead head) => heads.ToList().IndexOf(head) is var index and >= 0
        ? index
        : throw new InferenceException($"The model has no attention head {head}.");

    /// <summary>A question with evidence: attention by head and sentence, and the sentences that are right.</summary>
    private sealed record Sample(double[][] Sums, int[] Right);
}
