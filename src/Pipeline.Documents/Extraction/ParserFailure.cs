namespace Pipeline.Documents;

/// <summary>The parser process gave no answer: it died, hung, took too much or answered nonsense.</summary>
internal sealed class ParserFailure(ExtractionOutcome outcome, string detail) : Exception(detail)
{
    public ExtractionOutcome Outcome { get; } = outcome;
}
