using FsCheck;
using FsCheck.Fluent;
using Pipeline.Documents.Tests.Corpora;

namespace Pipeline.Documents.Tests.Offsets;

/// <summary>In every format, a page's offsets cut out what the page shows, and the sentences' offsets its sentences.</summary>
public sealed class OffsetPropertyTests : IAsyncDisposable
{
    private readonly DocumentExtractor extractor = new();

    public static TheoryData<string> Formats { get; } = [.. ShownFile.Formats.Keys];

    public ValueTask DisposeAsync() => extractor.DisposeAsync();

    [Theory]
    [MemberData(nameof(Formats))]
    public void Offsets_reproduce_what_is_shown(string format) =>
        Prop.ForAll(ShownPage.Pages(anyScript: format != "pdf").ToArbitrary(), pages => Check(ShownFile.Formats[format](pages)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(12).WithQuietOnSuccess(true));

    private void Check(ShownFile file)
    {
        var document = extractor.ExtractAsync(new MemoryStream(file.Bytes), file.Name).GetAwaiter().GetResult();

        Assert.Equal(ExtractionOutcome.Ok, document.Outcome);
        DocumentAssert.Consistent(document);
        Assert.Equal(file.Pages.Count, document.Pages.Count);
        foreach (var (page, shown) in document.Pages.Zip(file.Pages))
        {
            Assert.Equal(OneLine(string.Join(' ', shown)), OneLine(document.Text[page.Start..page.End]));
            Assert.Equal(
                shown.Select(OneLine),
                document.Sentences.Where(sentence => sentence.Start >= page.Start && sentence.End <= page.End).Select(sentence => OneLine(document.Text[sentence.Start..sentence.End])));
        }
    }

    /// <summary>Where lines break is the format's affair.</summary>
    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
