using Pipeline.Workflows.Contracts;

namespace Pipeline.Worker.Analyze;

/// <summary>Citations of answers that stand in the document word for word: each sentence that holds the answer.</summary>
internal static class VerbatimEvidence
{
    private const int MaxCitations = 3;
    private const int MinLength = 2;
    private const int ContextLength = 40;

    public static IReadOnlyList<Citation> Find(AnswerJob job, string answer)
    {
        var wanted = answer.Trim().TrimEnd('.');
        if (wanted.Length < MinLength) return [];
        var citations = new List<Citation>();
        for (var at = job.Text.IndexOf(wanted, StringComparison.Ordinal); at >= 0 && citations.Count < MaxCitations; at = job.Text.IndexOf(wanted, at + 1, StringComparison.Ordinal))
        {
            var (start, end) = SentenceAround(job.Sentences, at, at + wanted.Length);
            if (citations.Count == 0 || citations[^1].End <= start) citations.Add(Cite(job, start, end));
        }

        return citations;
    }

    /// <summary>A citation of the text between two offsets, with its surroundings and page.</summary>
    public static Citation Cite(AnswerJob job, int start, int end, double? score = null)
    {
        var text = job.Text;
        var prefix = text[Whole(text, Math.Max(0, start - ContextLength))..start];
        var suffix = text[end..Whole(text, Math.Min(text.Length, end + ContextLength))];
        var page = job.Pages.FirstOrDefault(p => start < p.End) ?? (job.Pages.Count > 0 ? job.Pages[^1] : null);
        return new Citation(text[start..end], prefix, suffix, start, end, page?.Number ?? 1, Verified: true, score);
    }

    private static (int Start, int End) SentenceAround(IReadOnlyList<int> sentences, int start, int end)
    {
        for (var i = 0; i + 1 < sentences.Count; i += 2)
        {
            if (sentences[i] <= start && end <= sentences[i + 1]) return (sentences[i], sentences[i + 1]);
        }

        return (start, end);
    }

    /// <summary>Never between the halves of a surrogate pair.</summary>
    private static int Whole(string text, int offset) => offset > 0 && offset < text.Length && char.IsLowSurrogate(text[offset]) ? offset - 1 : offset;
}
