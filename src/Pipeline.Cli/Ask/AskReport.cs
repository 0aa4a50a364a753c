using System.Text;
using Pipeline.Cli.Evidence;
using Pipeline.Documents;
using Pipeline.Inference.Evidence;
using Pipeline.Reports;

namespace Pipeline.Cli.Ask;

/// <summary>The HTML report of one <c>ask</c>.</summary>
internal static class AskReport
{
    /// <exception cref="CommandFailure">The file cannot be written.</exception>
    internal static void Write(string file, ExtractedDocument document, AskResult result, IReadOnlyList<AnswerEvidence> evidence)
    {
        var run = new ReportRun(result.Model.Name, result.Document.Pages)
        {
            Engine = result.Model.Engine,
            Tokens = result.Cache.TokensReused + result.Cache.TokensComputed,
            TokensReused = result.Cache.TokensReused,
            ReadMs = result.Timings.ReadMs,
            AnswerMs = result.Timings.AnswerMs,
        };
        var report = new AnswerReport
        {
            DocumentName = document.Name,
            Facts = run.Facts(),
            Notes = result.Document.Warnings,
            Text = document.Text,
            Pages = [.. document.Pages.Select(p => new ReportPage(p.Number, p.Start, p.End, p.Label))],
            Answers = [.. result.Answers.Select((a, i) => new ReportAnswer
            {
                Question = a.Question,
                Text = a.Text,
                Notes = ReportRun.Notes(a.NoAnswer, EvidenceWords.WhyNone(a.Evidence), a.Usage.OutputTokens, a.FinishReason == "length"),
                Passages = [.. a.Citations.Select(c => new ReportPassage(c.Page, c.Start, c.End, c.Score))],
                Unsupported = [.. a.Unsupported.Select(u => new ReportSpan(u.Start, u.End))],
                Attention = evidence[i].Profile,
            })],
        };
        try
        {
            File.WriteAllText(file, HtmlReport.Render(report), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"The report cannot be written to {file}: {e.Message}");
        }
    }
}
