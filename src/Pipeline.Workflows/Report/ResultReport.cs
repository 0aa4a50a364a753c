using Pipeline.Reports;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Report;

/// <summary>A result as its HTML report.</summary>
internal static class ResultReport
{
    /// <param name="text">The document's text; null where there is none, or it is too long to show.</param>
    public static string Render(AnalysisResult result, string? text)
    {
        var run = new ReportRun(result.Model.Name, result.Document.Pages.Count)
        {
            Engine = result.Model.Engine,
            Tokens = result.Document.Tokens,
            TokensReused = result.Cache?.TokensReused,
            ReadMs = result.Timings.ReadMs,
            AnswerMs = result.Timings.AnswerMs,
        };
        return HtmlReport.Render(new AnswerReport
        {
            DocumentName = result.Document.Name,
            Facts = [new("State", Words(result.State)), .. run.Facts(), new("Finished", $"{result.Timings.FinishedAt:u}"), new("SHA-256", result.Document.Sha256)],
            Error = result.Error is { } error ? $"{error.Title}. {error.Detail}" : null,
            Notes = [.. result.Extraction?.Warnings ?? [], .. result.Extraction is not null && text is null ? ["The document's text is too long to be shown here."] : (string[])[]],
            Text = text ?? "",
            Pages = [.. result.Document.Pages.Select(p => new ReportPage(p.Number, p.Start, p.End, p.Label))],
            Answers = [.. result.Answers.Select(Answer)],
        });
    }

    private static ReportAnswer Answer(Answer answer) => answer.Status == AnswerStatus.Failed
        ? new ReportAnswer { Question = answer.Question, Error = answer.Error?.Detail }
        : new ReportAnswer
        {
            Question = answer.Question,
            Text = answer.Text,
            Notes = ReportRun.Notes(answer.NoAnswer, WhyNoEvidence(answer), answer.Usage.OutputTokens, answer.FinishReason == "length"),
            Passages = [.. answer.Citations.Where(c => c.Verified).Select(c => new ReportPassage(c.Page, c.Start, c.End, c.Score))],
            Unsupported = [.. (answer.Unsupported ?? []).Select(u => new ReportSpan(u.Start, u.End))],
            Attention = answer.Attention ?? [],
        };

    private static string? WhyNoEvidence(Answer answer)
    {
        var cited = answer.Citations.Count > 0 ? "; cited is what holds the answer word for word" : "";
        return answer.Evidence switch
        {
            EvidenceState.NotCalibrated => $"No evidence from attention: the model folder has no calibration, which pipeline calibrate writes{cited}.",
            EvidenceState.NotReadable => $"No evidence from attention: this engine does not show it{cited}.",
            _ => null,
        };
    }

    private static string Words(AnalysisState state) => state == AnalysisState.PartlySucceeded ? "Partly succeeded" : state.ToString();
}
