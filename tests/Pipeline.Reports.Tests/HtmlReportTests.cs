using System.Text.RegularExpressions;

namespace Pipeline.Reports.Tests;

public sealed partial class HtmlReportTests
{
    [Fact]
    public void Shows_all_of_the_text_escaped_with_the_passages_marked()
    {
        AnswerReport report = SampleReport.Lease();
        string html = HtmlReport.Render(report);
        string document = html[html.IndexOf("<div class=\"document\"", StringComparison.Ordinal)..html.IndexOf("</main>", StringComparison.Ordinal)];
        Assert.Equal(Flat(report.Text), Flat(Tags().Replace(Links().Replace(Headings().Replace(document, " "), string.Empty), string.Empty)));

        // Overlapping passages are cut into pieces; each names all passages that hold it.
        Assert.Contains("<mark data-passages=\"q1p1\">The monthly rent is ", html, StringComparison.Ordinal);
        Assert.Contains("<mark data-passages=\"q1p1 q2p1\">4,850 pounds", html, StringComparison.Ordinal);
        Assert.Contains("<span class=\"unsupported\" title=\"Not in the passages below\">2031</span>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Escapes_everything_that_is_not_its_own()
    {
        string html = HtmlReport.Render(SampleReport.Hostile());
        Assert.Equal(2, html.Split("<script").Length);
        Assert.Equal(2, html.Split("<style").Length);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<iframe", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\0", html, StringComparison.Ordinal);
        Assert.DoesNotContain(html, c => char.IsSurrogate(c));
        Assert.Contains("&amp;lt;b&amp;gt; &amp;amp;amp;", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Refers_to_nothing_outside()
    {
        string html = HtmlReport.Render(SampleReport.Lease());
        Assert.All(References().Matches(html), m => Assert.StartsWith("#", m.Groups["target"].Value, StringComparison.Ordinal));
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_stand_alone_without_the_text()
    {
        string html = HtmlReport.Render(SampleReport.Lease() with { Text = string.Empty });
        Assert.Contains("4,850 pounds", html, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"document\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_spans_outside_the_text()
    {
        AnswerReport report = SampleReport.Lease();
        Assert.Throws<ArgumentException>(() => HtmlReport.Render(report with { Pages = [new ReportPage(1, 0, report.Text.Length + 1)] }));
        Assert.Throws<ArgumentException>(() => HtmlReport.Render(report with { Pages = [new ReportPage(1, 0, 10), new ReportPage(2, 5, 20)] }));
        Assert.Throws<ArgumentException>(() => HtmlReport.Render(report with { Answers = [report.Answers[0] with { Passages = [new ReportPassage(1, 5, report.Text.Length + 1)] }] }));
        Assert.Throws<ArgumentException>(() => HtmlReport.Render(report with { Answers = [report.Answers[0] with { Unsupported = [new ReportSpan(0, 500)] }] }));
    }

    private static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("(?:href|src)=\"(?<target>[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex References();

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Tags();

    [GeneratedRegex("<a class=\"back\"[^>]*>[^<]*</a>", RegexOptions.None, 1000)]
    private static partial Regex Links();

    [GeneratedRegex("<h3>.*?</h3>", RegexOptions.None, 1000)]
    private static partial Regex Headings();
}
