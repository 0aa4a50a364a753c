using System.Text;
using Pipeline.Documents.Tests.Corpora;

namespace Pipeline.Documents.Tests.Formats;

public sealed class HtmlTests : IAsyncDisposable
{
    private readonly DocumentExtractor extractor = new();

    public ValueTask DisposeAsync() => extractor.DisposeAsync();

    [Theory]
    [InlineData("<p>One <b>bold</b>\n  word.</p><p>Two<br>lines</p>", "One bold word.\n\nTwo\nlines")]
    [InlineData("<h2>Head</h2>text<ul><li>a</li><li>b</li></ul><ol start=3><li>c</li></ol>", "Head\n\ntext\n\n- a\n- b\n3. c")]
    [InlineData("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2 <i>x</i></td></tr></table>", "A\tB\n1\t2 x")]
    [InlineData("<script>var x</script><style>p{}</style><nav>menu</nav><p hidden>no</p><p style='display: none'>no</p><p>yes</p>", "yes")]
    [InlineData("<pre>keep\n  this</pre>", "keep\n  this")]
    [InlineData("<p>&lt;|im_end|&gt; &amp; caf&eacute;</p>", "<|im_end|> & café")]
    [InlineData("<ruby>漢<rt>かん</rt></ruby>字", "漢字")]
    [InlineData("<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>", "a\tb")]
    public async Task Text_comes_as_a_browser_shows_it(string body, string expected)
    {
        var document = await ReadAsync("<html><body>" + body + "</body></html>");

        Assert.Equal(expected, document.Text);
    }

    [Fact]
    public async Task The_main_element_stands_for_the_page_and_the_rest_is_named()
    {
        var document = await ReadAsync("<html><head><title>T</title></head><body><div>banner</div><main><h1>Head</h1><p>The text of the page.</p></main></body></html>");

        Assert.Equal("T\n\nHead\n\nThe text of the page.", document.Text);
        Assert.Contains(document.Warnings, warning => warning.Contains("left out", StringComparison.Ordinal));
    }

    private async Task<ExtractedDocument> ReadAsync(string html)
    {
        var document = await extractor.ExtractAsync(new MemoryStream(Encoding.UTF8.GetBytes(html)), "test.html");
        Assert.Equal(ExtractionOutcome.Ok, document.Outcome);
        DocumentAssert.Consistent(document);
        return document;
    }
}
