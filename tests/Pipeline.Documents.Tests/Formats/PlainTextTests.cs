extern alias parsers;

using System.Text;
using parsers::Pipeline.Documents.Parsers.PlainText;
using Pipeline.Documents.Tests.Corpora;

namespace Pipeline.Documents.Tests.Formats;

public sealed class PlainTextTests : IAsyncDisposable
{
    private readonly DocumentExtractor extractor = new();

    static PlainTextTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public ValueTask DisposeAsync() => extractor.DisposeAsync();

    /// <summary>Names as the corpus writes them against the IANA names found; supersets count.</summary>
    [Theory]
    [InlineData("text/udhr-chinese-gb2312.txt", "gb18030")]
    [InlineData("text/udhr-japanese-shift-jis.txt", "shift_jis")]
    [InlineData("text/udhr-russian-windows-1251.txt", "windows-1251")]
    [InlineData("text/moliere-windows-1252.txt", "windows-1252")]
    [InlineData("text/korean-cp949.txt", "euc-kr")]
    [InlineData("text/stanley-cups-utf16be-bom.csv", "utf-16BE")]
    [InlineData("text/mskanji.csv", "shift_jis")]
    [InlineData("text/doylestown-utf16le-no-bom.txt", "utf-16")]
    [InlineData("text/ibm-wiki.md", "utf-8")]
    public void The_encoding_of_the_corpus_is_found(string file, string encoding) =>
        Assert.Equal(encoding, TextDecoder.Decode(Corpus.Bytes(file)).Encoding);

    [Fact]
    public async Task Markdown_stays_as_it_is_with_headings_at_their_offsets()
    {
        const string text = "# One #\n\nText.\r\n\r\nTwo\n===\n\n```\n# no heading\n```\n### Three\n";

        var document = await extractor.ExtractAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), "a.md");

        Assert.Equal(text, document.Text);
        Assert.Equal([("One", 1), ("Two", 1), ("Three", 3)], document.Outline.Select(entry => (entry.Title, entry.Level)));
        Assert.Equal("Two", text[document.Outline[1].Start..document.Outline[1].End]);
    }

    [Fact]
    public async Task Form_feeds_part_pages_and_rows_of_csv_are_sentences()
    {
        var pages = await extractor.ExtractAsync(new MemoryStream("page one\n\fpage two\n"u8.ToArray()), "a.txt");
        var rows = await extractor.ExtractAsync(new MemoryStream("a,\"two\nlines. Yes.\"\nb,c\n"u8.ToArray()), "a.csv");

        Assert.Equal([1, 2], pages.Pages.Select(page => page.Number));
        Assert.Equal("page two", pages.Text[pages.Pages[1].Start..pages.Pages[1].End].Trim());
        Assert.Equal(["a,\"two\nlines. Yes.\"", "b,c"], rows.Sentences.Select(row => rows.Text[row.Start..row.End]));
    }

    [Theory]
    [InlineData("letter.txt", "{\\rtf1 hello}", ExtractionOutcome.Unsupported, "Save it as docx")]
    [InlineData("blank.txt", " \n\t ", ExtractionOutcome.Empty, "no letter")]
    [InlineData("nul.txt", "a\0b\u0001c\u0002d\u0003", ExtractionOutcome.Unsupported, "control bytes")]
    public async Task What_is_no_text_says_so(string name, string content, ExtractionOutcome outcome, string detail)
    {
        var document = await extractor.ExtractAsync(new MemoryStream(Encoding.Latin1.GetBytes(content)), name);

        Assert.Equal(outcome, document.Outcome);
        Assert.Contains(detail, document.Problem!.Detail, StringComparison.Ordinal);
    }
}
