using System.Text;
using Pipeline.Documents;
using Pipeline.Inference.Evidence;

namespace Pipeline.Cli.Evidence;

/// <summary>Spans of a document's text: its sentences with pages, and where a known evidence text stands.</summary>
internal static class EvidenceSpans
{
    /// <summary>Sentences that end within the first <paramref name="length"/> code units.</summary>
    internal static IReadOnlyList<SentenceSpan> Sentences(ExtractedDocument document, int length)
        => [.. document.Sentences.Where(s => s.End <= length).Select(s => new SentenceSpan(s.Start, s.End, document.PageAt(s.Start)?.Number ?? 1))];

    /// <summary>Where <paramref name="wanted"/> stands in the text, white space apart; null where it does not.</summary>
    internal static (int Start, int End)? Find(string text, string wanted)
    {
        var letters = new StringBuilder(text.Length);
        var places = new List<int>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i]))
            {
                letters.Append(text[i]);
                places.Add(i);
            }
        }

        string sought = string.Concat(wanted.Where(c => !char.IsWhiteSpace(c)));
        int at = sought.Length == 0 ? -1 : letters.ToString().IndexOf(sought, StringComparison.Ordinal);
        return at < 0 ? null : (places[at], places[at + sought.Length - 1] + 1);
    }

    /// <summary>Sentences that hold the span or lie in it, by at least half of the shorter of the two.</summary>
    internal static IReadOnlyList<int> Holding(IReadOnlyList<SentenceSpan> sentences, (int Start, int End) span)
        => [.. Enumerable.Range(0, sentences.Count).Where(i =>
        {
            int common = Math.Min(span.End, sentences[i].End) - Math.Max(span.Start, sentences[i].Start);
            return common > 0 && 2 * common >= Math.Min(span.End - span.Start, sentences[i].End - sentences[i].Start);
        })];
}
