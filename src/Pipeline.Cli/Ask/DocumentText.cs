using Pipeline.Documents;

namespace Pipeline.Cli.Ask;

/// <summary>The text of a file, or one line that says why there is none.</summary>
internal static class DocumentText
{
    /// <exception cref="CommandFailure">The file has no text that could be asked about.</exception>
    internal static async Task<ExtractedDocument> ExtractAsync(string file, string? password, OcrOptions ocr, CancellationToken cancellation)
    {
        if (Directory.Exists(file))
        {
            throw new CommandFailure($"{file} is a folder; name a file in it.");
        }

        if (!File.Exists(file))
        {
            throw new CommandFailure($"{file} was not found.");
        }

        ExtractedDocument document;
        try
        {
            await using var extractor = new DocumentExtractor(new ExtractionOptions { Ocr = ocr });
            document = await extractor.ExtractAsync(file, password, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or ArgumentException)
        {
            throw new CommandFailure($"{file} cannot be read: {e.Message}");
        }

        if (document.Outcome is not (ExtractionOutcome.Ok or ExtractionOutcome.Partial))
        {
            string advice = document is { Outcome: ExtractionOutcome.Encrypted, MediaType: MediaTypes.Pdf } && password is null ? " Give it with --password." : string.Empty;
            throw new CommandFailure($"{file}: {document.Problem?.Title}. {document.Problem?.Detail}{advice}");
        }

        return document;
    }
}
