using System.Text.RegularExpressions;

namespace Pipeline.Documents.Tests.Corpora;

/// <summary>Every document of the corpus gives its outcome, its pages and its strings.</summary>
public sealed partial class ManifestTests(ManifestTests.WithoutOcr fixture) : IClassFixture<ManifestTests.WithoutOcr>
{
    public static TheoryData<string> Files { get; } = [.. ManifestEntry.All.Select(entry => entry.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_document_gives_what_the_manifest_says(string file)
    {
        var entry = ManifestEntry.Of(file);
        await using var content = File.OpenRead(Corpus.PathOf(file));

        var document = await fixture.Extractor.ExtractAsync(content, file, entry.MediaType);

        // The manifest knows no partial outcome: it is text with a warning.
        var outcome = document.Outcome == ExtractionOutcome.Partial ? "ok" : document.Outcome.Name();
        Assert.Contains(outcome, entry.Expect.Acceptable ?? [entry.Expect.Outcome]);
        DocumentAssert.Consistent(document);
        if (outcome == "ok")
        {
            CheckText(document, entry.Expect);
        }
    }

    private static void CheckText(ExtractedDocument document, Expectation expect)
    {
        Assert.Equal(expect.Pages ?? document.Pages.Count, document.Pages.Count);
        foreach (var expected in expect.Contains ?? [])
        {
            var page = expected.Page is { } number ? document.Pages[number - 1] : null;
            var text = OneBlank(page is null ? document.Text : document.Text[page.Start..page.End]);
            Assert.Contains(OneBlank(expected.Text), text, StringComparison.Ordinal);
            Assert.True(text.Split(OneBlank(expected.Text)).Length - 1 <= (expected.MaxCount ?? int.MaxValue), expected.Text + " comes too often");
        }

        foreach (var unwanted in expect.NotContains ?? [])
        {
            Assert.DoesNotContain(unwanted, document.Text, StringComparison.Ordinal);
        }
    }

    private static string OneBlank(string text) => Blanks().Replace(text, " ");

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();

    /// <summary>The manifest's outcomes are those without OCR.</summary>
    public sealed class WithoutOcr : IAsyncDisposable
    {
        public DocumentExtractor Extractor { get; } = new(new ExtractionOptions { Ocr = new OcrOptions { Enabled = false } });

        public ValueTask DisposeAsync() => Extractor.DisposeAsync();
    }
}
