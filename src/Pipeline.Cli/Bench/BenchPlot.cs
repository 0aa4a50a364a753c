using System.Globalization;
using System.Net;
using System.Text;

namespace Pipeline.Cli.Bench;

/// <summary>Draws a report as SVG: a panel of grouped bars for each quantity, a group for each document length.</summary>
internal static class BenchPlot
{
    private const int PanelWidth = 380;
    private const int PanelHeight = 300;
    private const int Left = 64;
    private const int Top = 64;
    private const int Gap = 40;
    private const int AxisSpace = 70;

    private static readonly int[] RoundSteps = [1, 2, 5, 10];
    private static readonly string[] Colours = ["#1f6feb", "#e36209", "#6f42c1"];

    /// <summary>Panels for reading, decoding, several questions and memory; a panel without values is left out.</summary>
    internal static string Draw(BenchReport report)
    {
        (string Title, string Unit, Func<BenchResult, double?> Value)[] panels =
        [
            ("Reading the document", "tokens/s", r => r.PrefillTokensPerSecond),
            ("Decoding one answer", "tokens/s", r => r.DecodeTokensPerSecond),
            ($"{report.Runs.Max(r => r.Questions)} questions together", "answer tokens/s", r => r.Questions == 0 ? null : r.QuestionTokensPerSecond),
            ("Peak memory while reading", "MiB above the loaded model", r => r.PeakMemoryBytes / 1048576.0),
        ];
        panels = [.. panels.Where(p => report.Runs.Any(r => p.Value(r) is not null))];
        string[] engines = [.. report.Runs.Select(r => r.Engine).Distinct(StringComparer.Ordinal)];

        var width = Left + (Math.Min(panels.Length, 2) * (PanelWidth + Gap + Left)) - Gap;
        var rows = (panels.Length + 1) / 2;
        var height = Top + (rows * (PanelHeight + AxisSpace));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n");
        Text(svg, Left, 20, "start", $"{report.Model} on {report.Device}", "font-size=\"14\" font-weight=\"bold\"");
        Legend(svg, engines);
        for (var i = 0; i < panels.Length; i++)
        {
            var x = Left + (i % 2 * (PanelWidth + Gap + Left));
            var y = Top + (i / 2 * (PanelHeight + AxisSpace)) + 20;
            Panel(svg, x, y, panels[i].Title, panels[i].Unit, report, engines, panels[i].Value);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Panel(
        StringBuilder svg, int x, int y, string title, string unit, BenchReport report, string[] engines, Func<BenchResult, double?> value)
    {
        var step = Step(report.Runs.Max(r => value(r) ?? 0));
        var ticks = (int)Math.Ceiling(report.Runs.Max(r => value(r) ?? 0) / step);
        var top = Math.Max(ticks, 1) * step;
        double Height(double v) => v / top * (PanelHeight - 40);

        Text(svg, x, y, "start", $"{title}, {unit}", "font-weight=\"bold\"");
        var bottom = y + PanelHeight - 20;
        for (var t = 0; t <= ticks; t++)
        {
            var at = bottom - Height(t * step);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x}\" x2=\"{x + PanelWidth}\" y1=\"{at:F1}\" y2=\"{at:F1}\" stroke=\"{(t == 0 ? "#333333" : "#dddddd")}\"/>\n");
            Text(svg, x - 8, at + 4, "end", (t * step).ToString("#,0.##", CultureInfo.InvariantCulture));
        }

        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x}\" x2=\"{x}\" y1=\"{bottom - Height(top):F1}\" y2=\"{bottom}\" stroke=\"#333333\"/>\n");
        int[] lengths = [.. report.Runs.Select(r => r.Tokens).Distinct().Order()];
        var group = (double)PanelWidth / lengths.Length;
        var bar = Math.Min(group * 0.8 / engines.Length, 48);
        for (var l = 0; l < lengths.Length; l++)
        {
            var middle = x + (group * (l + 0.5));
            Text(svg, middle, bottom + 18, "middle", lengths[l].ToString("N0", CultureInfo.InvariantCulture));
            for (var e = 0; e < engines.Length; e++)
            {
                if (report.Runs.FirstOrDefault(r => r.Tokens == lengths[l] && r.Engine == engines[e]) is { } run && value(run) is { } v)
                {
                    var left = middle + ((e - (engines.Length / 2.0)) * bar);
                    svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{left + 1:F1}\" y=\"{bottom - Height(v):F1}\" width=\"{bar - 2:F1}\" height=\"{Height(v):F1}\" fill=\"{Colours[e % Colours.Length]}\"/>\n");
                    Text(svg, left + (bar / 2), bottom - Height(v) - 4, "middle", v.ToString(v < 100 ? "0.#" : "#,0", CultureInfo.InvariantCulture), "font-size=\"10\"");
                }
            }
        }

        Text(svg, x + (PanelWidth / 2.0), bottom + 36, "middle", "document tokens");
    }

    private static void Legend(StringBuilder svg, string[] engines)
    {
        for (var e = 0; e < engines.Length; e++)
        {
            var x = Left + (e * 90);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"34\" width=\"12\" height=\"12\" fill=\"{Colours[e % Colours.Length]}\"/>\n");
            Text(svg, x + 18, 45, "start", engines[e]);
        }
    }

    /// <summary>1, 2 or 5 times a power of ten that divides the axis into three to seven parts.</summary>
    private static double Step(double most)
    {
        if (most <= 0)
        {
            return 1;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(most / 3)));
        return RoundSteps.Select(f => f * power).First(s => most / s <= 6.5);
    }

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text, string attributes = "") => svg.Append(
        CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\" fill=\"#333333\" {attributes}>{WebUtility.HtmlEncode(text)}</text>\n");
}
