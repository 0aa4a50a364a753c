using System.Globalization;
using System.Net;
using System.Text;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Report;

/// <summary>Renders a result as one HTML page without scripts or outside references; every text from document or model is encoded.</summary>
public static class HtmlReport
{
    private const string Head = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c1c; }
        h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 2rem 0 .3rem; }
        .state { font-weight: 600; } .Failed, .error { color: #9a1b1b; } .Cancelled, .PartlySucceeded { color: #7a5200; } .Succeeded { color: #1d6b32; }
        .answer { white-space: pre-wrap; } .meta, footer { color: #5a5a5a; font-size: .85rem; }
        blockquote { margin: .5rem 0; padding: .3rem .8rem; border-left: 3px solid #c8c8c8; background: #f6f6f6; white-space: pre-wrap; }
        .context { color: #777; } mark { background: #ffeeb0; }
        </style>

        """;

    public static string Render(AnalysisResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var html = new StringBuilder(Head);
        html.Append(CultureInfo.InvariantCulture, $"<title>{Encode(result.Document.Name)}</title>\n</head>\n<body>\n<h1>{Encode(result.Document.Name)}</h1>\n");
        html.Append(CultureInfo.InvariantCulture, $"<p><span class=\"state {result.State}\">{result.State}</span> · {result.Answers.Count} answers · {result.Document.Pages.Count} pages · {result.Document.Bytes:N0} bytes</p>\n");
        if (result.Error is { } error) html.Append(CultureInfo.InvariantCulture, $"<p class=\"error\"><strong>{Encode(error.Title)}.</strong> {Encode(error.Detail)}</p>\n");
        foreach (var answer in result.Answers) Append(html, answer);
        html.Append(CultureInfo.InvariantCulture, $"<footer><p>Model {Encode(result.Model.Name)} · attempt {result.Attempt} · {result.Timings.FinishedAt:u} · SHA-256 {Encode(result.Document.Sha256)}</p>");
        foreach (var warning in result.Extraction?.Warnings ?? []) html.Append(CultureInfo.InvariantCulture, $"<p>{Encode(warning)}</p>");
        return html.Append("</footer>\n</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder html, Answer answer)
    {
        html.Append(CultureInfo.InvariantCulture, $"<section>\n<h2 id=\"{Encode(answer.QuestionId)}\">{Encode(answer.Question)}</h2>\n");
        if (answer.Error is { } error) html.Append(CultureInfo.InvariantCulture, $"<p class=\"error\">{Encode(error.Detail)}</p>\n");
        else html.Append(CultureInfo.InvariantCulture, $"<p class=\"answer\">{Encode(answer.Text)}</p>\n");
        foreach (var citation in answer.Citations)
        {
            html.Append(CultureInfo.InvariantCulture, $"<blockquote><span class=\"context\">{Encode(citation.Prefix)}</span><mark>{Encode(citation.Quote)}</mark><span class=\"context\">{Encode(citation.Suffix)}</span>");
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"meta\">page {citation.Page} · characters {citation.Start:N0} to {citation.End:N0}{(citation.Verified ? "" : " · not found verbatim")}</div></blockquote>\n");
        }

        html.Append(CultureInfo.InvariantCulture, $"<p class=\"meta\">{answer.Usage.InputTokens:N0} tokens in ({answer.Usage.CachedTokens:N0} from the cache) · {answer.Usage.OutputTokens:N0} out · cache {answer.Cache.State}{(answer.FinishReason == "length" ? " · cut at the token limit" : "")}</p>\n</section>\n");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
