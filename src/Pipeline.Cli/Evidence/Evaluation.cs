using Pipeline.Inference.Evidence;

namespace Pipeline.Cli.Evidence;

/// <summary>Counts what was found of what is known.</summary>
internal sealed class Evaluation(EvidenceCalibration? calibration)
{
    // Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion", SIGIR 2009.
    private const double FusionConstant = 60;

    private readonly List<Outcome> outcomes = [];
    private double readOutMilliseconds;

    private EvidenceState State => calibration is null ? EvidenceState.NotCalibrated
        : outcomes.Any(o => o is { Unanswerable: false, Evidence: null }) ? EvidenceState.NotReadable
        : EvidenceState.Found;

    internal void Add(IReadOnlyList<AskedKnownQuestion> asked)
    {
        if (asked.Count == 0)
        {
            return;
        }

        EvidenceDocument document = asked[0].Document;
        var bm25 = new Bm25([.. document.Sentences.Select(s => document.Text[s.Start..s.End])]);
        foreach (AskedKnownQuestion question in asked)
        {
            SentenceScores? scores = calibration is not null && question.Attention is { } attention
                ? SentenceScores.Of(document, attention)
                : null;
            readOutMilliseconds += question.Attention?.Elapsed.TotalMilliseconds ?? 0;
            double[] words = bm25.Scores(question.Known.Question);
            bool unanswerable = question.Right.Count == 0;
            outcomes.Add(new Outcome(
                unanswerable,
                unanswerable || scores is null ? null : RankQuality.FirstRight(scores.Values, question.Right),
                unanswerable ? 0 : RankQuality.FirstRight(words, question.Right),
                unanswerable || scores is null ? null : RankQuality.FirstRight(Fuse(scores.Values, words), question.Right),
                question.Known.Answers is { Count: > 0 } accepted && !unanswerable ? accepted.Any(a => Holds(question.Text, a)) : null,
                scores is not null && calibration!.NoAnswer is { } rule ? rule.Applies(question.Text, scores.Mass) : NoAnswerRule.SaysSo(question.Text),
                question.DocumentTokens,
                unanswerable ? 0 : (double)document.Sentences[question.Right[0]].Start / document.Text.Length));
        }
    }

    internal EvaluationResult Result(int beyond, TimeSpan answering)
    {
        Outcome[] answerable = [.. outcomes.Where(o => !o.Unanswerable)];
        int marked = outcomes.Count(o => o.MarkedUnanswered), unanswerable = outcomes.Count - answerable.Length, hits = outcomes.Count(o => o.MarkedUnanswered && o.Unanswerable);
        return new EvaluationResult(
            outcomes.Count,
            beyond,
            EvidenceWords.State(State),
            Evidence(answerable),
            RankQuality.Of([.. answerable.Select(o => o.Bm25)]),
            answerable.Any(o => o.Fusion is null) ? null : RankQuality.Of([.. answerable.Select(o => o.Fusion!.Value)]),
            Answers(answerable),
            new NoAnswerQuality(unanswerable, marked == 0 ? 0 : (double)hits / marked, unanswerable == 0 ? 0 : (double)hits / unanswerable),
            [.. Parts(answerable, [("below 1,000 tokens", o => o.Tokens < 1000), ("1,000 to 3,999", o => o.Tokens is >= 1000 and < 4000), ("4,000 and more", o => o.Tokens >= 4000)])],
            [.. Parts(answerable, [("beginning", o => o.Position < 1 / 3.0), ("middle", o => o.Position is >= 1 / 3.0 and < 2 / 3.0), ("end", o => o.Position >= 2 / 3.0)])],
            new ReadOutCost(Math.Round(readOutMilliseconds, 1), answering <= TimeSpan.Zero ? 0 : readOutMilliseconds / answering.TotalMilliseconds));
    }

    /// <summary>Whether an answer holds an accepted text, case and white space apart.</summary>
    internal static bool Holds(string answer, string accepted) => Flat(answer).Contains(Flat(accepted), StringComparison.OrdinalIgnoreCase);

    private static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static IEnumerable<EvaluationPart> Parts(Outcome[] outcomes, (string Name, Func<Outcome, bool> Holds)[] parts)
        => parts.Select(p => (p.Name, Own: outcomes.Where(p.Holds).ToArray())).Where(p => p.Own.Length > 0)
            .Select(p => new EvaluationPart(p.Name, Evidence(p.Own), RankQuality.Of([.. p.Own.Select(o => o.Bm25)]), Answers(p.Own)));

    private static RankQuality? Evidence(Outcome[] outcomes)
        => outcomes.Any(o => o.Evidence is null) ? null : RankQuality.Of([.. outcomes.Select(o => o.Evidence!.Value)]);

    private static AnswerQuality Answers(Outcome[] outcomes)
    {
        bool[] judged = [.. outcomes.Where(o => o.Correct is not null).Select(o => o.Correct!.Value)];
        return new AnswerQuality(judged.Length, judged.Length == 0 ? 0 : (double)judged.Count(c => c) / judged.Length);
    }

    private static double[] Fuse(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        double[] fused = new double[first.Count];
        foreach (IReadOnlyList<double> scores in new[] { first, second })
        {
            int rank = 1;
            foreach (int sentence in Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i]).ThenBy(i => i))
            {
                fused[sentence] += 1 / (FusionConstant + rank++);
            }
        }

        return fused;
    }

    /// <summary>One question: ranks of the first right sentence from 1, whether the answer was right, and where it lies.</summary>
    private sealed record Outcome(bool Unanswerable, int? Evidence, int Bm25, int? Fusion, bool? Correct, bool MarkedUnanswered, int Tokens, double Position);
}
