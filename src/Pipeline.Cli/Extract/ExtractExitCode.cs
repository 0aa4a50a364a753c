using Pipeline.Documents;

namespace Pipeline.Cli.Extract;

/// <summary>Exit codes by outcome; of several files the highest counts.</summary>
internal static class ExtractExitCode
{
    public const int Ok = 0;
    public const int Failure = 1;

    public const string Explanation =
        "Exit code: 0 ok, 1 a file cannot be opened, 10 partial, 11 empty, 12 no text layer, 13 encrypted, 14 unsupported, 15 corrupt, "
        + "16 too large, 17 timed out, 18 crashed; of several files the highest.";

    public static int Of(ExtractedFile file) => file.Document?.Outcome switch
    {
        null => Failure,
        ExtractionOutcome.Ok => Ok,
        ExtractionOutcome.Partial => 10,
        ExtractionOutcome.Empty => 11,
        ExtractionOutcome.NoTextLayer => 12,
        ExtractionOutcome.Encrypted => 13,
        ExtractionOutcome.Unsupported => 14,
        ExtractionOutcome.Corrupt => 15,
        ExtractionOutcome.TooLarge => 16,
        ExtractionOutcome.TimedOut => 17,
        ExtractionOutcome.Crashed => 18,
        _ => Failure,
    };
}
