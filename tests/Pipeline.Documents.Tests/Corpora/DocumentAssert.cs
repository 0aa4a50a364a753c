namespace Pipeline.Documents.Tests.Corpora;

/// <summary>What holds for every document, whatever its outcome.</summary>
internal static class DocumentAssert
{
    public static void Consistent(ExtractedDocument document)
    {
        Assert.Equal(ExtractedDocument.HashOf(document.Text), document.TextSha256);
        Assert.Equal(document.Outcome == ExtractionOutcome.Ok, document.Problem is null);
        Assert.DoesNotContain('\0', document.Text);
        if (document.Outcome == ExtractionOutcome.Ok)
        {
            Assert.Contains(document.Text.EnumerateRunes(), System.Text.Rune.IsLetterOrDigit);
        }

        SentencesHoldTheText(document);
        SentencesStayOnTheirPage(document);
        foreach (var entry in document.Outline)
        {
            Assert.Equal(Letters(entry.Title), Letters(document.Text[entry.Start..entry.End].Trim('#', ' ')));
        }

        foreach (var child in document.Children)
        {
            Consistent(child);
            Assert.Contains(child.Text, document.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>Sentences are trimmed, in order, and hold every character that is not white space, once.</summary>
    private static void SentencesHoldTheText(ExtractedDocument document)
    {
        var covered = new System.Text.StringBuilder();
        var last = 0;
        foreach (var sentence in document.Sentences)
        {
            Assert.InRange(sentence.Start, last, sentence.End - 1);
            var text = document.Text[sentence.Start..sentence.End];
            Assert.Equal(text.Trim(), text);
            Assert.False(char.IsLowSurrogate(text[0]) || char.IsHighSurrogate(text[^1]), "a sentence cuts a character");
            covered.Append(text);
            last = sentence.End;
        }

        Assert.Equal(Letters(document.Text), Letters(covered.ToString()));
    }

    private static void SentencesStayOnTheirPage(ExtractedDocument document)
    {
        foreach (var sentence in document.Sentences)
        {
            var page = document.PageAt(sentence.Start);
            Assert.NotNull(page);
            Assert.Same(page, document.PageAt(sentence.End - 1));
        }
    }

    private static string Letters(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
