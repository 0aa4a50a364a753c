using System.Text;
using Pipeline.Cli.Ask;
using Pipeline.Documents;
using Pipeline.Inference.Evidence;

namespace Pipeline.Cli.Evidence;

/// <summary>A document's text with its known questions.</summary>
/// <param name="Name">File name, for messages.</param>
/// <param name="Text">The text.</param>
/// <param name="Sentences">Its sentences.</param>
/// <param name="Questions">Questions whose answers and evidence are known.</param>
internal sealed record KnownText(string Name, string Text, IReadOnlyList<SentenceSpan> Sentences, IReadOnlyList<KnownQuestion> Questions)
{
    private const string Between = "\n\n";

    /// <exception cref="CommandFailure">The document has no text.</exception>
    internal static async Task<KnownText> ReadAsync(KnownDocument known, CancellationToken cancellation)
    {
        ExtractedDocument extracted = await DocumentText.ExtractAsync(known.File, password: null, new OcrOptions(), cancellation);
        return new KnownText(Path.GetFileName(known.File), extracted.Text, EvidenceSpans.Sentences(extracted, extracted.Text.Length), known.Questions);
    }

    /// <summary>
    /// Long documents made of short ones, in the order given and in reverse, so that the evidence of each lies near and far: what heads do in a long document shows in no short one.
    /// Questions without an answer are left out; another document could answer them.
    /// </summary>
    /// <param name="documents">The short ones.</param>
    /// <param name="tokens">Counts a text's tokens.</param>
    /// <param name="most">Most tokens of a long document.</param>
    internal static IEnumerable<KnownText> Joined(IReadOnlyList<KnownText> documents, Func<string, int> tokens, int most)
    {
        foreach (IEnumerable<KnownText> order in new[] { documents, documents.Reverse() })
        {
            var parts = new List<KnownText>();
            int length = 0;
            foreach (KnownText document in order)
            {
                int own = tokens(document.Text);
                if (length + own > most && parts.Count > 1)
                {
                    yield return Join(parts);
                }

                if (length + own > most)
                {
                    parts.Clear();
                    length = 0;
                }

                parts.Add(document);
                length += own;
            }

            if (parts.Count > 1)
            {
                yield return Join(parts);
            }
        }
    }

    private static KnownText Join(List<KnownText> parts)
    {
        var text = new StringBuilder();
        var sentences = new List<SentenceSpan>();
        foreach (KnownText part in parts)
        {
            int at = text.Length;
            text.Append(part.Text).Append(Between);
            sentences.AddRange(part.Sentences.Select(s => new SentenceSpan(s.Start + at, s.End + at, s.Page)));
        }

        return new KnownText($"{parts[0].Name} to {parts[^1].Name}", text.ToString(), sentences, [.. parts.SelectMany(p => p.Questions).Where(q => !q.Unanswerable)]);
    }
}
