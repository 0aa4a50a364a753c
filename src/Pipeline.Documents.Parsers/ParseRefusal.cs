namespace Pipeline.Documents.Parsers;

/// <summary>The document ends in an outcome without text; the message is for its user.</summary>
internal sealed class ParseRefusal(ExtractionOutcome outcome, string detail) : Exception(detail)
{
    public ExtractionOutcome Outcome { get; } = outcome;

    public static ParseRefusal Corrupt(string detail) => new(ExtractionOutcome.Corrupt, detail);

    public static ParseRefusal TooLarge(string detail) => new(ExtractionOutcome.TooLarge, detail);

    public static ParseRefusal Unsupported(string detail) => new(ExtractionOutcome.Unsupported, detail);
}
