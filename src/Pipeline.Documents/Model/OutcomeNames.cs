namespace Pipeline.Documents;

/// <summary>The stable names of outcomes, as in JSON.</summary>
public static class OutcomeNames
{
    /// <summary>The name of a document's outcome, such as <c>no-text-layer</c>.</summary>
    public static string Name(this ExtractionOutcome outcome) => outcome switch
    {
        ExtractionOutcome.Ok => "ok",
        ExtractionOutcome.Partial => "partial",
        ExtractionOutcome.Encrypted => "encrypted",
        ExtractionOutcome.NoTextLayer => "no-text-layer",
        ExtractionOutcome.Corrupt => "corrupt",
        ExtractionOutcome.Empty => "empty",
        ExtractionOutcome.TooLarge => "too-large",
        ExtractionOutcome.Unsupported => "unsupported",
        ExtractionOutcome.TimedOut => "timed-out",
        ExtractionOutcome.Crashed => "crashed",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Unknown outcome."),
    };
}
