using Pipeline.Documents.Tests.Corpora;

namespace Pipeline.Documents.Tests.Formats;

public sealed class SheetTests : IAsyncDisposable
{
    private readonly DocumentExtractor extractor = new();

    public ValueTask DisposeAsync() => extractor.DisposeAsync();

    [Fact]
    public async Task Cells_come_as_shown_in_their_columns()
    {
        const string rows = """
            <row r="1"><c r="A1" t="inlineStr"><is><t>Paid</t></is></c><c r="C1" s="0"><v>45292</v></c><c r="D1" s="1"><v>0.256</v></c></row>
            <row r="3"><c r="B3" t="b"><v>1</v></c><c r="C3"><f>1/0</f></c><c r="D3" t="e"><v>#DIV/0!</v></c></row>
            """;

        var document = await extractor.ExtractAsync(new MemoryStream(OfficeFile.Sheet(rows, "yyyy-mm-dd", "0.0%")), "test.xlsx");

        Assert.Equal(ExtractionOutcome.Ok, document.Outcome);
        Assert.Equal("Data\n\nPaid\t\t2024-01-01\t25.6%\n\tTRUE\t=1/0\t#DIV/0!", document.Text);
        Assert.Equal("Data", Assert.Single(document.Pages).Label);
        DocumentAssert.Consistent(document);
    }

    [Fact]
    public async Task A_cell_at_the_end_of_a_million_columns_costs_nothing()
    {
        const string rows = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c><c r=\"ZZZZZZZ1\"><v>2</v></c></row>";

        var document = await extractor.ExtractAsync(new MemoryStream(OfficeFile.Sheet(rows, "General")), "test.xlsx");

        Assert.Equal(ExtractionOutcome.Ok, document.Outcome);
        Assert.InRange(document.Text.Length, 1, 100);
        Assert.EndsWith("1\t2", document.Text, StringComparison.Ordinal);
    }
}
