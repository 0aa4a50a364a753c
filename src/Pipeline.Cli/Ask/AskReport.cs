using System.Globalization;
using System.Text;
using Pipeline.Cli.Evidence;
using Pipeline.Documents;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Evidence;
using Pipeline.Reports;

namespace Pipeline.Cli.Ask;

/// <summary>The HTML report of one <c>ask</c>.</summary>
internal static class AskReport
{
    /// <exception cref="CommandFailure">The file cannot be written.</exception>
    internal static void Write(string file, ExtractedDocument document, AskResult result, IReadOnlyList<AnswerEvidence> evidence)
    {
        var report = new AnswerReport
        {
            DocumentName = document.Name,
            Facts =
            [
                new("Model", $"{result.Model.Name} ({result.Model.Engine})"),
                new("Document", Text($"{result.Document.Tokens:N0} tokens, {result.Document.Pages:N0} {(result.Document.Pages == 1 ? "page" : "pages")}")),
                new("Cache", result.Cache.State switch
                {
                    CacheState.Hit => Text($"hit, {result.Cache.TokensReused:N0} tokens restored"),
                    CacheState.Partial => Text($"partial, {result.Cache.TokensReused:N0} tokens restored, {result.Cache.TokensComputed:N0} read"),
                    _ => Text($"miss, {result.Cache.TokensComputed:N0} tokens read"),
                }),
                new("Read", Text($"{result.Timings.ReadMs / 1000:F1} s")),
                new("Answered", Text($"{result.Timings.AnswerMs / 1000:F1} s")),
            ],
            Notes = result.Document.Warnings,
            Text = document.Text,
            Pages = [.. document.Pages.Select(p => new ReportPage(p.Number, p.Start, p.End, p.Label))],
            Answers = [.. result.Answers.Select((a, i) => new ReportAnswer
            {
                Question = a.Question,
                Text = a.Text,
                Notes = [.. Notes(a)],
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

    private static IEnumerable<string> Notes(AskedAnswer answer)
    {
        if (answer.NoAnswer)
        {
            yield return "The document seems not to answer this question.";
        }

        if (EvidenceWords.WhyNone(answer.Evidence) is { } why)
        {
            yield return why;
        }

        string cut = answer.FinishReason == "length" ? ", cut at the token limit" : string.Empty;
        yield return Text($"{answer.Usage.OutputTokens:N0} tokens{cut}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
