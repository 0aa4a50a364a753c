using Pipeline.Inference.Evidence;
using Pipeline.Workflows.Contracts;
using EvidenceState = Pipeline.Inference.Evidence.EvidenceState;

namespace Pipeline.Worker.Analyze;

/// <summary>Evidence as the result file has it.</summary>
internal static class Citations
{
    /// <summary>Passages that the attention points at; where the model shows none, sentences that hold the answer word for word.</summary>
    public static IReadOnlyList<Citation> Of(AnswerJob job, AnswerEvidence evidence, string answer)
        => evidence.State == EvidenceState.Found ? [.. evidence.Passages.Select(p => Of(job, p))] : VerbatimEvidence.Find(job, answer);

    public static Workflows.Contracts.EvidenceState State(AnswerEvidence evidence) => evidence.State switch
    {
        EvidenceState.Found => Workflows.Contracts.EvidenceState.Found,
        EvidenceState.NotCalibrated => Workflows.Contracts.EvidenceState.NotCalibrated,
        _ => Workflows.Contracts.EvidenceState.NotReadable,
    };

    /// <summary>The document's sentences with their pages.</summary>
    public static IReadOnlyList<SentenceSpan> Sentences(AnswerJob job)
    {
        var spans = new List<SentenceSpan>(job.Sentences.Count / 2);
        var page = 0;
        for (var i = 0; i + 1 < job.Sentences.Count; i += 2)
        {
            while (page + 1 < job.Pages.Count && job.Pages[page].End <= job.Sentences[i]) page++;
            spans.Add(new SentenceSpan(job.Sentences[i], job.Sentences[i + 1], job.Pages.Count == 0 ? 1 : job.Pages[page].Number));
        }

        return spans;
    }

    private static Citation Of(AnswerJob job, EvidencePassage passage) => new(
        passage.Exact,
        passage.Prefix,
        passage.Suffix,
        passage.Start,
        passage.End,
        passage.Page,
        Verified: passage.End <= job.Text.Length && job.Text.AsSpan(passage.Start, passage.End - passage.Start).SequenceEqual(passage.Exact),
        Math.Round(passage.Score, 4));
}
