using Pipeline.Documents.Tests.Corpora;

namespace Pipeline.Documents.Tests.Formats;

public sealed class PdfTests : IAsyncDisposable
{
    private readonly DocumentExtractor extractor = new();

    public ValueTask DisposeAsync() => extractor.DisposeAsync();

    [Fact]
    public async Task Columns_are_read_one_after_the_other()
    {
        var document = await ReadAsync(new PdfFile().Page(stream =>
        {
            PdfFile.Show(stream, 72, 740, "A title across both of the columns of this page, in larger letters", 14);
            for (var line = 0; line < 10; line++)
            {
                PdfFile.Show(stream, 72, 700 - (12 * line), $"left column line {line} has some words");
            }

            for (var line = 0; line < 10; line++)
            {
                PdfFile.Show(stream, 320, 700 - (12 * line), $"right column line {line} has some words");
            }
        }));

        Assert.Contains("left column line 8 has some words left column line 9 has some words", document.Text, StringComparison.Ordinal);
        Assert.True(document.Text.IndexOf("left column line 9", StringComparison.Ordinal) < document.Text.IndexOf("right column line 0", StringComparison.Ordinal));
        Assert.Equal("A title across both of the columns of this page, in larger letters", Assert.Single(document.Outline).Title);
    }

    [Fact]
    public async Task Tables_keep_their_rows()
    {
        var document = await ReadAsync(new PdfFile().Page(stream =>
        {
            string[][] rows = [["Country", "Capital", "Area"], ["Denmark", "Copenhagen", "42,951"], ["Norway", "Oslo", "385,207"]];
            for (var row = 0; row < rows.Length; row++)
            {
                for (var cell = 0; cell < 3; cell++)
                {
                    PdfFile.Show(stream, 72 + (130 * cell), 700 - (14 * row), rows[row][cell]);
                }
            }
        }));

        Assert.Equal("Country\tCapital\tArea\nDenmark\tCopenhagen\t42,951\nNorway\tOslo\t385,207", document.Text);
        Assert.Equal(3, document.Sentences.Count);
    }

    [Fact]
    public async Task Hyphenation_is_undone_and_hyphens_of_words_stay()
    {
        var document = await ReadAsync(new PdfFile().Page(stream =>
        {
            PdfFile.Show(stream, 72, 700, "This paragraph has an exam-");
            PdfFile.Show(stream, 72, 688, "ple of hyphenation, a mixed-");
            PdfFile.Show(stream, 72, 676, "mode compound and a range of 2019-");
            PdfFile.Show(stream, 72, 664, "2024. The mixed-mode compound.");
        }));

        Assert.Equal("This paragraph has an example of hyphenation, a mixed-mode compound and a range of 2019-2024. The mixed-mode compound.", document.Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public async Task Rotated_pages_read_the_same(int rotation)
    {
        var document = await ReadAsync(new PdfFile().Page(
            stream =>
            {
                PdfFile.Show(stream, 72, 700, "The first line of the page is here");
                PdfFile.Show(stream, 72, 688, "and the second line follows it.");
            },
            rotation));

        Assert.Equal("The first line of the page is here and the second line follows it.", document.Text);
    }

    [Fact]
    public async Task Text_turned_on_the_page_comes_after_the_rest()
    {
        var document = await ReadAsync(new PdfFile().Page(stream =>
        {
            stream.Append("BT /F1 10 Tf 0 1 -1 0 30 300 Tm (Stamp on the margin) Tj ET\n");
            PdfFile.Show(stream, 72, 700, "Ordinary text on the page.");
        }));

        Assert.Equal("Ordinary text on the page.\n\nStamp on the margin", document.Text);
    }

    [Fact]
    public async Task Letters_drawn_twice_come_once()
    {
        var document = await ReadAsync(new PdfFile().Page(stream =>
        {
            PdfFile.Show(stream, 72, 700, "Shadow");
            PdfFile.Show(stream, 72.3, 700, "Shadow");
        }));

        Assert.Equal("Shadow", document.Text);
    }

    [Fact]
    public async Task Pages_have_their_own_outcomes()
    {
        var document = await ReadAsync(new PdfFile().Page(stream => PdfFile.Show(stream, 72, 700, "Page one.")).Page(_ => { }).Page(stream => PdfFile.Show(stream, 72, 700, "Page three.")));

        Assert.Equal(ExtractionOutcome.Ok, document.Outcome);
        Assert.Equal([PageOutcome.Ok, PageOutcome.Empty, PageOutcome.Ok], document.Pages.Select(page => page.Outcome));
        Assert.Equal("Page three.", document.Text[document.Pages[2].Start..document.Pages[2].End]);
        Assert.Equal(3, document.PageAt(document.Text.IndexOf("three", StringComparison.Ordinal))!.Number);
    }

    [Fact]
    public async Task A_damaged_page_makes_the_document_partial_and_is_named()
    {
        var bytes = new PdfFile().Page(stream => PdfFile.Show(stream, 72, 700, "Sound page.")).Page(stream => PdfFile.Show(stream, 72, 700, "Damaged page.")).Save();
        var at = bytes.AsSpan().LastIndexOf("stream\n"u8[..6]) - 60;
        bytes.AsSpan(at, 20).Fill(0xAA);

        var document = await extractor.ExtractAsync(new MemoryStream(bytes), "damaged.pdf");

        Assert.Equal(ExtractionOutcome.Partial, document.Outcome);
        Assert.Equal("urn:pipeline:problem:partial-document", document.Problem!.Type);
        Assert.Equal(PageOutcome.Ok, document.Pages[0].Outcome);
        Assert.Contains(document.Pages[1].Outcome, new[] { PageOutcome.Failed, PageOutcome.Partial });
        Assert.Contains("compressed stream", document.Pages[1].Reason!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("encrypted-aes256-user-password.pdf", "foo", "Secret!")]
    [InlineData("encrypted-aes256-user-password.pdf", "baz", "Secret!")] // the owner's password opens it too
    [InlineData("encrypted-aes256-r6.pdf", "usersecret", "Hello World")]
    [InlineData("encrypted-rc4-40.pdf", "foo", "Secret!")]
    public async Task A_password_opens_an_encrypted_file_and_another_one_does_not(string name, string password, string text)
    {
        var file = Corpus.PathOf("hostile/" + name);

        var without = await extractor.ExtractAsync(file);
        var wrong = await extractor.ExtractAsync(file, password + "x");
        var opened = await extractor.ExtractAsync(file, password);

        Assert.Equal(ExtractionOutcome.Encrypted, without.Outcome);
        Assert.Equal("The PDF is encrypted: give its password.", without.Problem!.Detail);
        Assert.Equal(ExtractionOutcome.Encrypted, wrong.Outcome);
        Assert.Equal("The PDF is encrypted and the password given does not open it.", wrong.Problem!.Detail);
        Assert.Equal(ExtractionOutcome.Ok, opened.Outcome);
        Assert.Equal(text, opened.Text);
        DocumentAssert.Consistent(opened);
    }

    [Fact]
    public async Task Scanned_pages_are_read_by_tesseract_and_marked()
    {
        Assert.SkipUnless(HasTesseract(), "tesseract is not on the PATH (apt-get install tesseract-ocr)");

        var document = await extractor.ExtractAsync(Corpus.PathOf("hostile/scanned-medical-report.pdf"));

        Assert.Equal(ExtractionOutcome.Ok, document.Outcome);
        Assert.All(document.Pages, page => Assert.Equal(PageOutcome.Ocr, page.Outcome));
        Assert.Contains("SEATTLE GENERAL HOSPITAL", document.Text[..document.Pages[0].End], StringComparison.Ordinal);
        Assert.Contains(document.Warnings, warning => warning.StartsWith("3 page(s) were read by OCR (eng)", StringComparison.Ordinal));
        DocumentAssert.Consistent(document);
    }

    [Fact]
    public async Task Scanned_pages_without_tesseract_say_what_to_do()
    {
        await using var without = new DocumentExtractor(new ExtractionOptions { Ocr = new OcrOptions { Enabled = false } });

        var document = await without.ExtractAsync(Corpus.PathOf("hostile/scanned-medical-report.pdf"));

        Assert.Equal(ExtractionOutcome.NoTextLayer, document.Outcome);
        Assert.Contains("OCR is switched off", document.Problem!.Detail, StringComparison.Ordinal);
        Assert.All(document.Pages, page => Assert.Equal(PageOutcome.NoTextLayer, page.Outcome));
    }

    [Theory]
    [InlineData("xyz")]
    [InlineData("eng+xyz")]
    public async Task A_language_that_tesseract_lacks_is_named(string languages)
    {
        Assert.SkipUnless(HasTesseract(), "tesseract is not on the PATH (apt-get install tesseract-ocr)");
        await using var other = new DocumentExtractor(new ExtractionOptions { Ocr = new OcrOptions { Languages = languages.Split('+') } });

        var document = await other.ExtractAsync(Corpus.PathOf("hostile/scanned-medical-report.pdf"));

        Assert.Equal(ExtractionOutcome.NoTextLayer, document.Outcome);
        Assert.Equal(
            "No page has a text layer: the page is an image, and OCR failed: tesseract has no data for the language xyz. Install it (Debian: apt-get install tesseract-ocr-xyz) or choose other languages.",
            document.Problem!.Detail);
        Assert.Empty(document.Warnings);
    }

    private static bool HasTesseract() =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "tesseract")));

    private async Task<ExtractedDocument> ReadAsync(PdfFile file)
    {
        var document = await extractor.ExtractAsync(new MemoryStream(file.Save()), "test.pdf");
        DocumentAssert.Consistent(document);
        Assert.Equal(ExtractionOutcome.Ok, document.Outcome);
        return document;
    }
}
