using System.Text;
using Pipeline.Documents.Tests.Corpora;

namespace Pipeline.Documents.Tests.Formats;

/// <summary>Archives and messages: documents inside documents.</summary>
public sealed class ContainerTests : IAsyncDisposable
{
    private readonly DocumentExtractor extractor = new();

    public ValueTask DisposeAsync() => extractor.DisposeAsync();

    [Fact]
    public async Task Each_entry_of_an_archive_is_a_document_and_bad_ones_are_named()
    {
        var zip = OfficeFile.Zip(
            ("notes/a.txt", "First entry."u8.ToArray()),
            ("b.docx", OfficeFile.Word("<w:p><w:r><w:t>Second entry.</w:t></w:r></w:p>")),
            ("bad.pdf", "%PDF-1.7 nothing"u8.ToArray()),
            ("inner.zip", OfficeFile.Zip(("deep.txt", "deep"u8.ToArray()))),
            ("__MACOSX/._a.txt", [0, 1]));

        var document = await ReadAsync(zip, "all.zip");

        Assert.Equal(MediaTypes.Zip, document.MediaType);
        Assert.Equal(ExtractionOutcome.Partial, document.Outcome);
        Assert.Equal(["notes/a.txt", "b.docx", "bad.pdf", "inner.zip"], document.Children.Select(child => child.Name));
        Assert.Equal(
            [ExtractionOutcome.Ok, ExtractionOutcome.Ok, ExtractionOutcome.Corrupt, ExtractionOutcome.Unsupported],
            document.Children.Select(child => child.Outcome));
        Assert.Equal("notes/a.txt\n\nFirst entry.\n\nb.docx\n\nSecond entry.", document.Text.TrimEnd());
        Assert.Equal("b.docx", document.PageAt(document.Text.IndexOf("Second", StringComparison.Ordinal))!.Label);
        Assert.Contains("bad.pdf", document.Problem!.Detail + document.Pages[2].Label, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_of_unreadable_entries_has_their_outcome()
    {
        var document = await ReadAsync(OfficeFile.Zip(("a.png", [0x89, (byte)'P', (byte)'N', (byte)'G', 0, 0])), "a.zip");

        Assert.Equal(ExtractionOutcome.Unsupported, document.Outcome);
    }

    [Fact]
    public async Task A_message_gives_its_headers_its_best_body_and_its_attachments()
    {
        const string message = """
            From: Ann <ann@example.com>
            To: Bob <bob@example.com>
            Subject: =?utf-8?q?Vertrag_f=C3=BCr_M=C3=BCller?=
            Date: Mon, 01 Jan 2024 10:00:00 +0100
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=outer

            --outer
            Content-Type: multipart/alternative; boundary=inner

            --inner
            Content-Type: text/plain; charset=utf-8

            Please sign.
            --inner
            Content-Type: text/html; charset=utf-8

            <p>Please <b>sign</b>.</p>
            --inner--
            --outer
            Content-Type: text/csv; name=prices.csv
            Content-Disposition: attachment; filename=prices.csv

            item,price
            pump,12
            --outer--

            """;

        var document = await ReadAsync(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), "mail.eml");

        Assert.Equal(ExtractionOutcome.Ok, document.Outcome);
        Assert.StartsWith("Vertrag für Müller\n\nFrom: ", document.Text, StringComparison.Ordinal);
        Assert.Equal(2, document.Text.Split("Please").Length);
        var attachment = Assert.Single(document.Children);
        Assert.Equal(("prices.csv", MediaTypes.Csv, "item,price\r\npump,12"), (attachment.Name, attachment.MediaType, attachment.Text.TrimEnd()));
        Assert.Equal("prices.csv", document.PageAt(document.Text.IndexOf("pump", StringComparison.Ordinal))!.Label);
    }

    private async Task<ExtractedDocument> ReadAsync(byte[] bytes, string name)
    {
        var document = await extractor.ExtractAsync(new MemoryStream(bytes), name);
        DocumentAssert.Consistent(document);
        return document;
    }
}
