using Pipeline.Workflows.Report;

namespace Pipeline.Workflows.Tests.Report;

public sealed class HtmlReportTests
{
    [Fact]
    public void Texts_are_encoded_and_nothing_comes_from_elsewhere()
    {
        var html = HtmlReport.Render(Samples.Result with { Document = Samples.Result.Document with { Name = "<script>alert(1)</script>" } });
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.Contains("4,250 &lt;b&gt;euros&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http:", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("PartlySucceeded", html, StringComparison.Ordinal);
        Assert.Contains("The document has 9,000 tokens.", html, StringComparison.Ordinal);
    }
}
