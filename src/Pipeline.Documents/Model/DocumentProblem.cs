namespace Pipeline.Documents;

/// <summary>Why a document's outcome is not ok: the members of an RFC 9457 problem that apply to a file.</summary>
/// <param name="Type">Stable URI of the cause, for programs: <c>urn:pipeline:problem:</c> and a name.</param>
/// <param name="Title">The cause in a few words, the same for every document.</param>
/// <param name="Detail">What happened to this document, with numbers where a limit was reached, and what to do.</param>
public sealed record DocumentProblem(string Type, string Title, string Detail)
{
    private const string Prefix = "urn:pipeline:problem:";

    /// <summary>The problem of an outcome, with the outcome's own type and title; null for <see cref="ExtractionOutcome.Ok"/>.</summary>
    public static DocumentProblem? For(ExtractionOutcome outcome, string detail) => outcome switch
    {
        ExtractionOutcome.Ok => null,
        ExtractionOutcome.Partial => new(Prefix + "partial-document", "Parts of the document could not be read", detail),
        ExtractionOutcome.Encrypted => new(Prefix + "encrypted-document", "The document needs a password", detail),
        ExtractionOutcome.NoTextLayer => new(Prefix + "no-text-layer", "The document has images but no text", detail),
        ExtractionOutcome.Corrupt => new(Prefix + "corrupt-document", "The document is damaged", detail),
        ExtractionOutcome.Empty => new(Prefix + "empty-document", "The document has no text", detail),
        ExtractionOutcome.TooLarge => new(Prefix + "document-too-large", "The document exceeds a limit", detail),
        ExtractionOutcome.Unsupported => new(Prefix + "unsupported-format", "The format is not supported", detail),
        ExtractionOutcome.TimedOut => new(Prefix + "extraction-timed-out", "Reading the document took too long", detail),
        ExtractionOutcome.Crashed => new(Prefix + "extraction-crashed", "The parser process died", detail),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Unknown outcome."),
    };
}
