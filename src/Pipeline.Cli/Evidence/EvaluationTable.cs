using System.Globalization;
using Pipeline.Inference.Evidence;

namespace Pipeline.Cli.Evidence;

/// <summary>An evaluation as a table for people.</summary>
internal static class EvaluationTable
{
    internal static void Write(EvaluationResult result, TextWriter to)
    {
        string beyond = result.Beyond > 0 ? $", {result.Beyond} left out (their evidence lies beyond what was read)" : string.Empty;
        to.WriteLine($"{result.Questions} questions{beyond}");
        if (EvidenceWords.WhyNone(result.EvidenceState) is { } why)
        {
            to.WriteLine(why);
        }

        to.WriteLine();
        to.WriteLine("                          top-1  top-3    MRR");
        Row(to, "attention", result.Evidence);
        Row(to, "BM25", result.Bm25);
        Row(to, "both, by reciprocal rank", result.Fusion);
        to.WriteLine();
        to.WriteLine(Text($"answers right             {result.Answers.Accuracy:F2} of {result.Answers.Questions}"));
        to.WriteLine(Text($"marked as not answered    precision {result.Unanswerable.Precision:F2}, recall {result.Unanswerable.Recall:F2} of {result.Unanswerable.Questions}"));
        to.WriteLine(Text($"reading attention out     {result.ReadOut.Milliseconds:F0} ms, {100 * result.ReadOut.ShareOfAnswering:F1} % of answering"));
        to.WriteLine();
        to.WriteLine("                     questions  attention top-1/top-3  BM25 top-1/top-3  answers");
        foreach (EvaluationPart part in result.ByLength.Concat(result.ByPosition))
        {
            string evidence = part.Evidence is { } e ? Text($"{e.Top1:F2} / {e.Top3:F2}") : "-";
            to.WriteLine(Text($"{part.Name,-20} {part.Bm25.Questions,9}  {evidence,21}  {part.Bm25.Top1,9:F2} / {part.Bm25.Top3:F2}  {part.Answers.Accuracy,7:F2}"));
        }
    }

    private static void Row(TextWriter to, string name, RankQuality? quality)
        => to.WriteLine(quality is null ? $"{name,-24}      -      -      -" : Text($"{name,-24}   {quality.Top1:F2}   {quality.Top3:F2}   {quality.Mrr:F2}"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
