using System.Security.Cryptography;
using System.Text.Json;

namespace Pipeline.Documents;

/// <summary>
/// A document as text. Offsets everywhere are UTF-16 code units into <see cref="Text"/>, end exclusive, and the same for the same bytes,
/// tool version and options.
/// </summary>
public sealed record ExtractedDocument
{
    /// <summary>File name as given, without folders; for an entry of a container its name inside it.</summary>
    public required string Name { get; init; }

    /// <summary>Media type found in the bytes.</summary>
    public required string MediaType { get; init; }

    /// <summary>Media type the sender gave or the file name suggests; null where neither says one.</summary>
    public string? ClaimedMediaType { get; init; }

    /// <summary>Encoding of the bytes where the format is text (IANA name), else null.</summary>
    public string? Encoding { get; init; }

    /// <summary>What became of the document.</summary>
    public required ExtractionOutcome Outcome { get; init; }

    /// <summary>Why the outcome is not ok; null when it is.</summary>
    public DocumentProblem? Problem { get; init; }

    /// <summary>The whole text; empty where there is none.</summary>
    public required string Text { get; init; }

    /// <summary>SHA-256 of the text's UTF-8 bytes, lower-case hexadecimal.</summary>
    public required string TextSha256 { get; init; }

    /// <summary>Pages in order; they do not overlap.</summary>
    public required IReadOnlyList<DocumentPage> Pages { get; init; }

    /// <summary>Headings in text order.</summary>
    public required IReadOnlyList<OutlineEntry> Outline { get; init; }

    /// <summary>
    /// Sentences, headings, list items and table rows in text order. They do not overlap, do not begin or end with white space, never cross a
    /// page, and together hold every character that is not white space.
    /// </summary>
    public required IReadOnlyList<TextSpan> Sentences { get; init; }

    /// <summary>What a reader should know: claimed and found type differ, encoding guessed, a part left out.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Library that read the format.</summary>
    public required string Tool { get; init; }

    /// <summary>Version of this extractor and of the library: a change may move offsets.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>
    /// Documents inside this one (attachments, entries of an archive), each with its own text and offsets. The container's own text holds
    /// theirs too, a page or more for each.
    /// </summary>
    public IReadOnlyList<ExtractedDocument> Children { get; init; } = [];

    /// <summary>The page that holds an offset of the text; null between pages or outside the text.</summary>
    public DocumentPage? PageAt(int offset)
    {
        var low = 0;
        var high = Pages.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var page = Pages[middle];
            if (offset < page.Start)
            {
                high = middle - 1;
            }
            else if (offset >= page.End)
            {
                low = middle + 1;
            }
            else
            {
                return page;
            }
        }

        return null;
    }

    /// <summary>SHA-256 of a text's UTF-8 bytes, lower-case hexadecimal: what <see cref="TextSha256"/> holds.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>The document as JSON, UTF-8.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ExtractionJson.Default.ExtractedDocument);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The bytes are not such JSON.</exception>
    public static ExtractedDocument FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ExtractionJson.Default.ExtractedDocument)
        ?? throw new JsonException("The JSON is null where an extracted document is expected.");
}
