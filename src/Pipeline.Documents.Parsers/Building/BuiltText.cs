namespace Pipeline.Documents.Parsers.Building;

/// <summary>What a <see cref="DocumentBuilder"/> has collected.</summary>
internal sealed record BuiltText(
    string Text,
    IReadOnlyList<DocumentPage> Pages,
    IReadOnlyList<OutlineEntry> Outline,
    IReadOnlyList<TextSpan> Sentences,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<ExtractedDocument> Children,
    string? Encoding,
    string? Incomplete)
{
    /// <summary>No text, no page.</summary>
    public static BuiltText Empty { get; } = new(string.Empty, [], [], [], [], [], null, null);

    /// <summary>Whether the text holds any letter or digit of any script.</summary>
    public bool HasLetters => Text.EnumerateRunes().Any(System.Text.Rune.IsLetterOrDigit);

    /// <summary>The outcome that pages and text amount to: text without a letter is never ok.</summary>
    public (ExtractionOutcome Outcome, string Detail) Judge(string? ocrAdvice)
    {
        var failed = Pages.Where(page => page.Outcome is PageOutcome.Failed or PageOutcome.Partial).ToList();
        var scanned = Pages.Where(page => page.Outcome == PageOutcome.NoTextLayer).ToList();
        if (!HasLetters && Children.Count > 0)
        {
            var worst = Children[0];
            return (worst.Outcome, $"No entry gave text. {worst.Name}: {worst.Problem?.Detail}");
        }

        if (!HasLetters)
        {
            return (failed.Count, scanned.Count) switch
            {
                (0, 0) when Incomplete is not null => (ExtractionOutcome.Corrupt, Incomplete),
                ( > 0, _) => (ExtractionOutcome.Corrupt, $"No page could be read. {Named(failed)}: {failed[0].Reason}"),
                (_, > 0) => (ExtractionOutcome.NoTextLayer, ocrAdvice is null ? $"No page has a text layer: {scanned[0].Reason}." : $"No page has a text layer. {ocrAdvice}"),
                _ => (ExtractionOutcome.Empty, "The document holds no letter and no digit."),
            };
        }

        if (failed.Count > 0)
        {
            return (ExtractionOutcome.Partial, $"{Named(failed)} could not be read completely: {failed[0].Reason}");
        }

        if (Incomplete is not null)
        {
            return (ExtractionOutcome.Partial, Incomplete);
        }

        return scanned.Count > 0
            ? (ExtractionOutcome.Partial, $"{Named(scanned)} without text: {scanned[0].Reason}")
            : (ExtractionOutcome.Ok, string.Empty);
    }

    private string Named(List<DocumentPage> some)
    {
        const int shown = 5;
        var numbers = string.Join(", ", some.Take(shown).Select(page => page.Number)) + (some.Count > shown ? ", …" : string.Empty);
        return $"{some.Count} of {Pages.Count} page(s) ({numbers})";
    }
}
