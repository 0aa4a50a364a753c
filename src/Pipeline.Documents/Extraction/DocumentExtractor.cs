using Pipeline.Documents.Protocol;

namespace Pipeline.Documents;

/// <summary>
/// Turns files into text with pages and sentences. Parsers run in child processes (<see cref="ExtractionOptions.MaxProcesses"/> at most),
/// started when first needed and reused: construction costs nothing, and nothing a file holds can end this process. Safe for concurrent use.
/// </summary>
public sealed class DocumentExtractor : IAsyncDisposable
{
    private readonly ExtractionOptions options;
    private readonly ParserPool pool;

    /// <summary>An extractor with these limits.</summary>
    /// <exception cref="ArgumentException">An option lies outside its range; the message names it.</exception>
    public DocumentExtractor(ExtractionOptions? options = null, TimeProvider? timeProvider = null)
    {
        this.options = options ?? new ExtractionOptions();
        this.options.Validate();
        pool = new ParserPool(this.options, timeProvider ?? TimeProvider.System);
    }

    internal ParserPool Pool => pool;

    /// <summary>Reads a file. The outcome of whatever is in the file is a value, never an exception.</summary>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="InvalidOperationException">The parser process is missing or does not start.</exception>
    public async Task<ExtractedDocument> ExtractAsync(string path, string? password = null, CancellationToken cancellation = default)
    {
        await using var content = new FileStream(path, new FileStreamOptions
        {
            Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            Share = FileShare.ReadWrite | FileShare.Delete,
        });
        return await ExtractAsync(content, Path.GetFileName(path), null, password, cancellation);
    }

    /// <summary>Reads a document from a stream, from its position to its end.</summary>
    /// <param name="content">The bytes; read once, not closed.</param>
    /// <param name="name">File name; folders before it are dropped. Its extension is a hint only.</param>
    /// <param name="claimedMediaType">What the sender says it is, or null to take the name's.</param>
    /// <param name="password">Password for encrypted PDF and Office files, or null.</param>
    /// <exception cref="InvalidOperationException">The parser process is missing or does not start.</exception>
    public async Task<ExtractedDocument> ExtractAsync(
        Stream content, string name, string? claimedMediaType = null, string? password = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(name);
        var shortName = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var claimed = MediaTypes.Normalize(claimedMediaType) ?? MediaTypes.FromName(shortName);
        var (ocr, advice) = Tesseract.Find(options);
        var request = new ExtractionRequest(shortName, claimed, password, options.Limits(), ocr, advice);

        var parser = await pool.RentAsync(cancellation);
        var healthy = false;
        try
        {
            var document = await parser.ParseAsync(request, content, cancellation);
            healthy = true;
            return document;
        }
        catch (ParserFailure failure)
        {
            return WithoutText(request, failure);
        }
        finally
        {
            await pool.ReturnAsync(parser, healthy);
        }
    }

    /// <summary>Ends the idle parser processes; documents under way end as they would.</summary>
    public ValueTask DisposeAsync() => pool.DisposeAsync();

    private static ExtractedDocument WithoutText(ExtractionRequest request, ParserFailure failure) => new()
    {
        Name = request.Name,
        MediaType = request.ClaimedMediaType ?? MediaTypes.Unknown,
        ClaimedMediaType = request.ClaimedMediaType,
        Outcome = failure.Outcome,
        Problem = DocumentProblem.For(failure.Outcome, failure.Message),
        Text = string.Empty,
        TextSha256 = ExtractedDocument.HashOf(string.Empty),
        Pages = [],
        Outline = [],
        Sentences = [],
        Warnings = [],
        Tool = "Pipeline.Documents",
        ToolVersion = typeof(DocumentExtractor).Assembly.GetName().Version!.ToString(3),
    };
}
