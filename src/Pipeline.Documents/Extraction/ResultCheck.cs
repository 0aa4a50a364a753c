namespace Pipeline.Documents;

/// <summary>Checks what the child answers: it has read hostile bytes, so its offsets are checked before anybody slices with them.</summary>
internal static class ResultCheck
{
    /// <exception cref="InvalidDataException">An offset lies outside the text or out of order, or the hash is another text's.</exception>
    public static void Verify(ExtractedDocument document)
    {
        var length = document.Text.Length;
        Demand(string.Equals(ExtractedDocument.HashOf(document.Text), document.TextSha256, StringComparison.Ordinal), "text hash");
        Demand(document.Outcome == ExtractionOutcome.Ok == (document.Problem is null), "problem");

        VerifyOrder(document.Pages.Select(page => (page.Start, page.End)), length, "page");
        VerifyOrder(document.Sentences.Select(sentence => (sentence.Start, sentence.End)), length, "sentence");
        Demand(document.Pages.Select((page, index) => page.Number == index + 1).All(inOrder => inOrder), "page number");
        Demand(
            document.Outline.All(entry => entry.Start >= 0 && entry.Start <= entry.End && entry.End <= length && entry.Level >= 1),
            "outline");

        foreach (var child in document.Children)
        {
            Verify(child);
        }
    }

    private static void VerifyOrder(IEnumerable<(int Start, int End)> spans, int length, string what)
    {
        var last = 0;
        foreach (var (start, end) in spans)
        {
            Demand(start >= last && end >= start && end <= length, what);
            last = end;
        }
    }

    private static void Demand(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidDataException($"the parser's answer is inconsistent ({what}).");
        }
    }
}
