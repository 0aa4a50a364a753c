using System.Globalization;
using System.Text;

namespace Pipeline.Reports;

/// <summary>A strip from the document's beginning to its end, darker where the question looked; each page of it is a link.</summary>
internal static class AttentionStrip
{
    private const double Width = 1000;

    /// <summary>With more pages than this a link each would be too narrow to hit.</summary>
    private const int MaxLinks = 60;

    internal static void Append(StringBuilder html, AnswerReport report, ReportAnswer answer)
    {
        double highest = answer.Attention.DefaultIfEmpty(0).Max();
        if (highest <= 0)
        {
            return;
        }

        int best = answer.Attention.Select((value, i) => (value, i)).MaxBy(v => v.value).i;
        int offset = (int)((best + 0.5) / answer.Attention.Count * report.Text.Length);
        string most = report.Pages.LastOrDefault(p => p.Start <= offset) is { } page ? string.Create(CultureInfo.InvariantCulture, $", most on page {page.Number}") : string.Empty;
        html.Append(CultureInfo.InvariantCulture, $"<svg class=\"strip\" viewBox=\"0 0 {Width} 16\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Attention over the document{most}\">\n");
        for (int i = 0; i < answer.Attention.Count; i++)
        {
            double share = answer.Attention[i] / highest;
            if (share >= 0.005)
            {
                // The square root keeps faint attention visible beside the peak.
                html.Append(CultureInfo.InvariantCulture, $"<rect class=\"heat\" x=\"{i * Width / answer.Attention.Count:0.##}\" width=\"{Width / answer.Attention.Count:0.##}\" height=\"16\" fill-opacity=\"{Math.Sqrt(share):0.###}\"/>\n");
            }
        }

        AppendPages(html, report);
        html.Append("</svg>\n");
    }

    private static void AppendPages(StringBuilder html, AnswerReport report)
    {
        if (report.Text.Length == 0 || report.Pages.Count is < 2 or > MaxLinks)
        {
            return;
        }

        foreach (ReportPage page in report.Pages)
        {
            double x = page.Start * Width / report.Text.Length, width = (page.End - page.Start) * Width / report.Text.Length;
            html.Append(CultureInfo.InvariantCulture, $"<a href=\"#page{page.Number}\" tabindex=\"-1\"><rect class=\"page\" x=\"{x:0.##}\" width=\"{width:0.##}\" height=\"16\"><title>Page {page.Number}</title></rect></a>\n");
        }
    }
}
