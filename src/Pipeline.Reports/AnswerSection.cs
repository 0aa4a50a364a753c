using System.Globalization;
using System.Text;

namespace Pipeline.Reports;

/// <summary>One question with answer, attention strip and passages.</summary>
internal static class AnswerSection
{
    internal static void Append(StringBuilder html, AnswerReport report, int index)
    {
        ReportAnswer answer = report.Answers[index];
        int number = index + 1;
        html.Append(CultureInfo.InvariantCulture, $"<section id=\"q{number}\">\n<h2 dir=\"auto\"><span class=\"number\">{number}</span> ").AppendText(answer.Question).Append("</h2>\n");
        if (answer.Error is { } error)
        {
            html.Append("<p class=\"error\" dir=\"auto\">").AppendText(error).Append("</p>\n");
        }

        if (answer.Text.Length > 0)
        {
            html.Append("<p class=\"answer\" dir=\"auto\">");
            AppendAnswer(html, answer);
            html.Append("</p>\n");
        }

        if (answer.Unsupported.Count > 0)
        {
            html.Append("<p class=\"note warning\">Not in the passages below: <bdi>");
            html.AppendText(string.Join(", ", answer.Unsupported.Select(s => answer.Text[s.Start..s.End]).Distinct(StringComparer.Ordinal))).Append("</bdi>. Check before use.</p>\n");
        }

        AttentionStrip.Append(html, report, answer);
        if (answer.Passages.Count > 0)
        {
            html.Append("<ol class=\"passages\">\n");
            for (int p = 0; p < answer.Passages.Count; p++)
            {
                AppendPassage(html, report, answer.Passages[p], number, p + 1);
            }

            html.Append("</ol>\n");
        }

        foreach (string note in answer.Notes)
        {
            html.Append("<p class=\"note\" dir=\"auto\">").AppendText(note).Append("</p>\n");
        }

        html.Append("</section>\n");
    }

    private static void AppendAnswer(StringBuilder html, ReportAnswer answer)
    {
        int at = 0;
        foreach (ReportSpan span in answer.Unsupported.OrderBy(s => s.Start))
        {
            if (span.Start >= at)
            {
                html.AppendText(answer.Text.AsSpan(at, span.Start - at)).Append("<span class=\"unsupported\" title=\"Not in the passages below\">")
                    .AppendText(answer.Text.AsSpan(span.Start, span.End - span.Start)).Append("</span>");
                at = span.End;
            }
        }

        html.AppendText(answer.Text.AsSpan(at));
    }

    private static void AppendPassage(StringBuilder html, AnswerReport report, ReportPassage passage, int question, int number)
    {
        html.Append("<li>");
        if (report.Text.Length == 0)
        {
            html.Append(CultureInfo.InvariantCulture, $"page {passage.Page}</li>\n");
            return;
        }

        html.Append(CultureInfo.InvariantCulture, $"<a class=\"passage\" href=\"#q{question}p{number}\"><span class=\"where\">page {passage.Page}");
        if (passage.Score is { } score)
        {
            html.Append(CultureInfo.InvariantCulture, $" · {100 * score:0} % of the attention");
        }

        html.Append("</span> <q dir=\"auto\">").AppendText(report.Text.AsSpan(passage.Start, passage.End - passage.Start)).Append("</q></a></li>\n");
    }
}
