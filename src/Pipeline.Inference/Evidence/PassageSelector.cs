namespace Pipeline.Inference.Evidence;

/// <summary>Chooses the passages to show: the best sentences, neighbours merged.</summary>
public static class PassageSelector
{
    /// <summary>Code units of text shown before and after a passage.</summary>
    private const int ContextLength = 40;

    /// <summary>A sentence below this part of the best one's score is not shown.</summary>
    private const double LeastOfBest = 0.15;

    /// <summary>A neighbour joins a passage when it has this part of the passage's best sentence.</summary>
    private const double NeighbourOfBest = 0.5;

    /// <summary>Passages, the best first.</summary>
    /// <param name="document">Text and sentences.</param>
    /// <param name="scores">The question's scores.</param>
    /// <param name="count">Most passages to choose.</param>
    public static IReadOnlyList<EvidencePassage> Select(EvidenceDocument document, SentenceScores scores, int count)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        double total = scores.Values.Sum(v => Math.Max(0, v));
        int[] ranking = scores.Ranking();
        var chosen = new List<Run>();
        foreach (int sentence in ranking)
        {
            double score = scores.Values[sentence];
            if (score <= 0 || score < LeastOfBest * scores.Values[ranking[0]])
            {
                break;
            }

            int page = document.Sentences[sentence].Page;
            Run? neighbour = chosen.Find(r => r.Page == page && (r.First == sentence + 1 || r.Last == sentence - 1) && score >= NeighbourOfBest * r.Best);
            if (neighbour is not null)
            {
                neighbour.First = Math.Min(neighbour.First, sentence);
                neighbour.Last = Math.Max(neighbour.Last, sentence);
                neighbour.Score += score;
            }
            else if (chosen.Count < count && !chosen.Exists(r => r.First <= sentence && sentence <= r.Last))
            {
                chosen.Add(new Run { First = sentence, Last = sentence, Best = score, Score = score, Page = page });
            }
        }

        return [.. Joined(chosen).OrderByDescending(r => r.Score).Select(r => Cut(document, r, total))];
    }

    /// <summary>Passages that grew towards each other until they touch become one.</summary>
    private static List<Run> Joined(List<Run> runs)
    {
        var joined = new List<Run>();
        foreach (Run run in runs.OrderBy(r => r.First))
        {
            if (joined.Count > 0 && joined[^1].Page == run.Page && joined[^1].Last + 1 == run.First
                && Math.Min(joined[^1].Best, run.Best) >= NeighbourOfBest * Math.Max(joined[^1].Best, run.Best))
            {
                joined[^1].Last = run.Last;
                joined[^1].Score += run.Score;
            }
            else
            {
                joined.Add(run);
            }
        }

        return joined;
    }

    private static EvidencePassage Cut(EvidenceDocument document, Run run, double total)
    {
        string text = document.Text;
        int start = document.Sentences[run.First].Start, end = document.Sentences[run.Last].End;
        return new EvidencePassage(
            text[start..end],
            text[WholeAt(text, Math.Max(0, start - ContextLength))..start],
            text[end..WholeAt(text, Math.Min(text.Length, end + ContextLength))],
            start,
            end,
            run.Page,
            run.Score / total);
    }

    /// <summary>Never between the halves of a surrogate pair.</summary>
    private static int WholeAt(string text, int offset) => offset > 0 && offset < text.Length && char.IsLowSurrogate(text[offset]) ? offset - 1 : offset;

    private sealed class Run
    {
        public int First { get; set; }

        public int Last { get; set; }

        public required double Best { get; init; }

        public double Score { get; set; }

        public required int Page { get; init; }
    }
}
