using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Reports;

/// <summary>
/// Renders a report as one HTML file: no network, no script but its own, whose hash its content security policy names. Every text from document, question or model is escaped.
/// Works without its script too: passages are links, and the linked one is highlighted.
/// </summary>
public static class HtmlReport
{
    private static readonly string Style = Resource("report.css");
    private static readonly string Script = Resource("report.js");

    /// <summary>The file's content.</summary>
    /// <exception cref="ArgumentException">A page, passage or unsupported part lies outside its text.</exception>
    public static string Render(AnswerReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        Check(report);
        var html = new StringBuilder(report.Text.Length + (report.Text.Length / 8) + 20_000);
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append(CultureInfo.InvariantCulture, $"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{Hash(Style)}'; script-src '{Hash(Script)}'; base-uri 'none'; form-action 'none'\">\n")
            .Append("<meta name=\"color-scheme\" content=\"light dark\">\n<title>").AppendText(report.DocumentName).Append("</title>\n<style>").Append(Style).Append("</style>\n</head>\n<body>\n");
        AppendHeader(html, report);
        html.Append(report.Text.Length > 0 ? "<main class=\"two\">\n" : "<main>\n");
        html.Append("<div class=\"answers\" id=\"answers\">\n");
        for (int i = 0; i < report.Answers.Count; i++)
        {
            AnswerSection.Append(html, report, i);
        }

        html.Append("</div>\n");
        if (report.Text.Length > 0)
        {
            DocumentText.Append(html, report);
        }

        return html.Append("</main>\n<script>").Append(Script).Append("</script>\n</body>\n</html>\n").ToString();
    }

    private static void AppendHeader(StringBuilder html, AnswerReport report)
    {
        html.Append("<a class=\"skip\" href=\"#document\">Skip to the document</a>\n<header>\n<h1 dir=\"auto\">").AppendText(report.DocumentName).Append("</h1>\n<dl>\n");
        foreach (ReportFact fact in report.Facts)
        {
            html.Append("<div><dt>").AppendText(fact.Label).Append("</dt><dd>").AppendText(fact.Value).Append("</dd></div>\n");
        }

        html.Append("</dl>\n");
        if (report.Error is { } error)
        {
            html.Append("<p class=\"error\" dir=\"auto\">").AppendText(error).Append("</p>\n");
        }

        foreach (string note in report.Notes)
        {
            html.Append("<p class=\"note\" dir=\"auto\">").AppendText(note).Append("</p>\n");
        }

        html.Append("</header>\n");
    }

    private static void Check(AnswerReport report)
    {
        int end = 0;
        foreach (ReportPage page in report.Pages)
        {
            if (page.Start < end || page.End < page.Start || (report.Text.Length > 0 && page.End > report.Text.Length))
            {
                throw new ArgumentException($"Page {page.Number} ({page.Start} to {page.End}) does not follow {end} in a text of {report.Text.Length}.", nameof(report));
            }

            end = page.End;
        }

        foreach (ReportAnswer answer in report.Answers)
        {
            if (answer.Passages.Any(p => p.Start < 0 || p.End <= p.Start || (report.Text.Length > 0 && p.End > report.Text.Length))
                || answer.Unsupported.Any(s => s.Start < 0 || s.End <= s.Start || s.End > answer.Text.Length))
            {
                throw new ArgumentException("A passage or unsupported part lies outside its text.", nameof(report));
            }
        }
    }

    private static string Hash(string content) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
