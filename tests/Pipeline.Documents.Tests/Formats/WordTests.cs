using Pipeline.Documents.Tests.Corpora;

namespace Pipeline.Documents.Tests.Formats;

public sealed class WordTests : IAsyncDisposable
{
    private readonly DocumentExtractor extractor = new();

    public ValueTask DisposeAsync() => extractor.DisposeAsync();

    [Fact]
    public async Task Breaks_and_tabs_stay_apart_insertions_stay_deletions_and_hidden_text_go()
    {
        var text = await ReadAsync("""
            <w:p><w:r><w:t>A1</w:t><w:tab/><w:t>B1</w:t><w:br/><w:t>next</w:t></w:r>
            <w:ins w:id="1" w:author="x"><w:r><w:t xml:space="preserve"> ins</w:t></w:r></w:ins>
            <w:del w:id="2" w:author="x"><w:r><w:delText>del</w:delText></w:r></w:del>
            <w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>
            <w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>
            <w:r><w:t>-</w:t><w:noBreakHyphen/></w:r></w:p>
            """);

        Assert.Equal("A1\tB1\nnext ins-\u2011", text);
    }

    [Fact]
    public async Task Tables_give_rows_and_each_cell_once()
    {
        var text = await ReadAsync("""
            <w:p><w:r><w:t>Before</w:t></w:r></w:p>
            <w:tbl>
              <w:tr><w:tc><w:p><w:r><w:t>A1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>B1</w:t></w:r></w:p><w:p><w:r><w:t>more</w:t></w:r></w:p></w:tc></w:tr>
              <w:tr><w:tc><w:p/></w:tc><w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>in</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>ner</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr>
            </w:tbl>
            """);

        Assert.Equal("Before\n\nA1\tB1 more\nin\tner", text);
    }

    [Fact]
    public async Task Numbers_of_lists_are_counted()
    {
        const string numbering = """
            <w:abstractNum w:abstractNumId="0">
              <w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>
              <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
            </w:abstractNum>
            <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
            """;
        string Item(int level, string text) =>
            $"<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>";

        var text = await ReadAsync(Item(0, "first") + Item(1, "a") + Item(1, "b") + Item(0, "second") + Item(1, "again"), numbering);

        Assert.Equal("III. first\nIII.a) a\nIII.b) b\nIV. second\nIV.a) again", text);
    }

    [Fact]
    public async Task Headings_come_with_their_level()
    {
        var document = await extractor.ExtractAsync(
            new MemoryStream(OfficeFile.Word("<w:p><w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr><w:r><w:t>Scope</w:t></w:r></w:p><w:p><w:r><w:t>Body.</w:t></w:r></w:p>")), "a.docx");

        Assert.Equal(new OutlineEntry("Scope", 2, 0, 5), Assert.Single(document.Outline));
    }

    private async Task<string> ReadAsync(string body, string? numbering = null)
    {
        var document = await extractor.ExtractAsync(new MemoryStream(OfficeFile.Word(body, numbering)), "test.docx");
        Assert.Equal(ExtractionOutcome.Ok, document.Outcome);
        DocumentAssert.Consistent(document);
        return document.Text;
    }
}
