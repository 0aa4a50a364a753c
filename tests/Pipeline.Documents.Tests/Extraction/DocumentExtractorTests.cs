using System.Text;
using Pipeline.Documents.Tests.Corpora;

namespace Pipeline.Documents.Tests.Extraction;

public sealed class DocumentExtractorTests : IAsyncDisposable
{
    private readonly DocumentExtractor extractor = new();

    public ValueTask DisposeAsync() => extractor.DisposeAsync();

    [Fact]
    public async Task Text_comes_as_it_is_with_its_sentences()
    {
        const string text = "Dr. Smith signed it. Who else?\r\n\r\n- first\r\n- second\r\n";

        var document = await extractor.ExtractAsync(Stream(text), "folder/note.txt");

        Assert.Equal(ExtractionOutcome.Ok, document.Outcome);
        Assert.Null(document.Problem);
        Assert.Equal("note.txt", document.Name);
        Assert.Equal(MediaTypes.Text, document.MediaType);
        Assert.Equal("utf-8", document.Encoding);
        Assert.Equal(text, document.Text);
        Assert.Equal(ExtractedDocument.HashOf(text), document.TextSha256);
        Assert.Equal(["Dr. Smith signed it.", "Who else?", "- first", "- second"], Sentences(document));
        Assert.Equal(new DocumentPage(1, 0, text.Length, PageOutcome.Ok), Assert.Single(document.Pages));
    }

    [Fact]
    public async Task One_process_serves_many_documents_and_another_takes_over_after_a_failure()
    {
        await extractor.ExtractAsync(Stream("one"), "1.txt");
        await extractor.ExtractAsync(Stream("two"), "2.txt");
        Assert.Equal(1, extractor.Pool.Started);

        await using var strict = new DocumentExtractor(new ExtractionOptions { MaxInputBytes = 10 });
        var refused = await strict.ExtractAsync(Stream(new string('a', 1000)), "long.txt");
        Assert.Equal(ExtractionOutcome.TooLarge, refused.Outcome);
        Assert.Equal("urn:pipeline:problem:document-too-large", refused.Problem!.Type);
        Assert.Contains("10 bytes", refused.Problem.Detail, StringComparison.Ordinal);

        var next = await strict.ExtractAsync(Stream("short"), "short.txt");
        Assert.Equal("short", next.Text);
        Assert.Equal(2, strict.Pool.Started);
    }

    [Fact]
    public async Task Json_reads_back()
    {
        var document = await extractor.ExtractAsync(Corpus.PathOf("docx/tracked-changes.docx"));

        var copy = ExtractedDocument.FromJson(document.ToJson());

        Assert.Equal(document.Text, copy.Text);
        Assert.Equal(document.Pages, copy.Pages);
        Assert.Equal(document.Sentences, copy.Sentences);
        Assert.Equal(document.Outcome, copy.Outcome);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => extractor.ExtractAsync(Stream("text"), "a.txt", cancellation: cancelled.Token));
    }

    [Fact]
    public void Options_outside_their_range_are_refused_by_name()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new DocumentExtractor(new ExtractionOptions { MaxPages = 0 }));

        Assert.Contains("MaxPages is 0; it must be from 1 to 100000", error.Message, StringComparison.Ordinal);
    }

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    private static IEnumerable<string> Sentences(ExtractedDocument document) =>
        document.Sentences.Select(sentence => document.Text[sentence.Start..sentence.End]);
}
