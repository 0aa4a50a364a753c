using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Report;

namespace Pipeline.Workflows.Tests.Report;

public sealed class ResultReportTests
{
    private const string Text = "The monthly rent is 4,250 euros.\nThe deposit is <two> rents.";

    [Fact]
    public void Everything_a_reader_needs_is_in_it()
    {
        var html = ResultReport.Render(Samples.Result, Text);
        foreach (var fact in (string[])["Partly succeeded", "m (native)", "120 tokens, 1 page", "partial, 64 tokens restored, 56 read", "2.3 s", "1.2 s", "2026-11-24 09:01:00Z", Samples.Document.Sha256])
        {
            Assert.Contains($"<dd>{fact}</dd>", html, StringComparison.Ordinal);
        }

        Assert.Contains("The document has 9,000 tokens.", html, StringComparison.Ordinal);
        Assert.Contains("one page is a scan", html, StringComparison.Ordinal);
        Assert.Contains(">monthly rent</mark>", html, StringComparison.Ordinal);
        Assert.Contains("50 % of the attention", html, StringComparison.Ordinal);
        Assert.Contains("class=\"heat\"", html, StringComparison.Ordinal);
        Assert.Contains("Not in the passages below: <bdi>4,250</bdi>", html, StringComparison.Ordinal);
        Assert.Contains("The document seems not to answer this question.", html, StringComparison.Ordinal);
        Assert.Contains("3 tokens, cut at the token limit", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_are_encoded()
    {
        var html = ResultReport.Render(Samples.Result with { Document = Samples.Result.Document with { Name = "<script>alert(1)</script>" } }, Text);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.Contains("4,250</span> &lt;b&gt;euros&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("&lt;two&gt; rents", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_text_the_answers_are_still_there_and_why()
    {
        var html = ResultReport.Render(Samples.Result, null);
        Assert.Contains("too long to be shown", html, StringComparison.Ordinal);
        Assert.Contains("4,250", html, StringComparison.Ordinal);
        Assert.Contains("page 1", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_attention_shows_nothing_it_says_why()
    {
        var answer = Samples.Result.Answers[0] with { Evidence = EvidenceState.NotCalibrated, Unsupported = null, Attention = null };
        Assert.Contains("no calibration", ResultReport.Render(Samples.Result with { Answers = [answer] }, Text), StringComparison.Ordinal);
        Assert.Contains("this engine does not show it", ResultReport.Render(Samples.Result with { Answers = [answer with { Evidence = EvidenceState.NotReadable }] }, Text), StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_that_was_never_read_has_a_report_too()
    {
        var result = new AnalysisResult("a-1", 1, AnalysisState.Failed, new ResultDocument("x.pdf", new string('0', 64), 0, "application/pdf", []), new ModelIdentity("m"), [], new Timings(Samples.Now, Samples.Now), Error: Samples.Problem);
        Assert.Contains("The document has 9,000 tokens.", ResultReport.Render(result, null), StringComparison.Ordinal);
    }
}
