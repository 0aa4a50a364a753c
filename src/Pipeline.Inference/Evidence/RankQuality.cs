namespace Pipeline.Inference.Evidence;

/// <summary>How well a ranking finds the right sentence, over questions.</summary>
/// <param name="Questions">Questions counted.</param>
/// <param name="Top1">Part of them with a right sentence first.</param>
/// <param name="Top3">Part of them with a right sentence among the first three.</param>
/// <param name="Mrr">Mean reciprocal rank of the first right sentence.</param>
public sealed record RankQuality(int Questions, double Top1, double Top3, double Mrr)
{
    /// <summary>From the rank of the first right sentence of each question, counted from 1.</summary>
    public static RankQuality Of(IReadOnlyCollection<int> ranks)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        return ranks.Count == 0
            ? new RankQuality(0, 0, 0, 0)
            : new RankQuality(ranks.Count, (double)ranks.Count(r => r == 1) / ranks.Count, (double)ranks.Count(r => r <= 3) / ranks.Count, ranks.Average(r => 1.0 / r));
    }

    /// <summary>Rank, from 1, of the best of the right sentences; equal scores rank in text order.</summary>
    public static int FirstRight(IReadOnlyList<double> scores, IReadOnlyCollection<int> right)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(right);
        return right.Min(r => 1 + Enumerable.Range(0, scores.Count).Count(i => scores[i] > scores[r] || (scores[i] == scores[r] && i < r)));
    }
}
