using Pipeline.Models;

namespace Pipeline.Inference.Evidence;

/// <summary>A document's text, its sentences, and which of the model's tokens lie in which sentence.</summary>
public sealed class EvidenceDocument
{
    private readonly int[] sentenceOfToken; // [document tokens], -1 between sentences

    /// <summary>Maps tokens to sentences.</summary>
    /// <param name="text">The stored text that all offsets index.</param>
    /// <param name="sentences">Sentences in text order; they do not overlap.</param>
    /// <param name="tokens">The same text as the model reads it; it may end earlier.</param>
    /// <exception cref="ArgumentException">Sentences overlap, are out of order, or lie outside the text.</exception>
    public EvidenceDocument(string text, IReadOnlyList<SentenceSpan> sentences, DocumentTokens tokens)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(tokens);
        int end = 0;
        foreach (SentenceSpan sentence in sentences)
        {
            if (sentence.Start < end || sentence.End <= sentence.Start || sentence.End > text.Length)
            {
                throw new ArgumentException($"Sentence {sentence.Start} to {sentence.End} does not follow {end} in a text of {text.Length}.", nameof(sentences));
            }

            end = sentence.End;
        }

        Text = text;
        Sentences = sentences;
        FirstToken = tokens.FirstDocumentToken;
        sentenceOfToken = new int[tokens.DocumentTokenCount];
        int at = 0;
        for (int token = 0; token < sentenceOfToken.Length; token++)
        {
            TokenRange range = tokens.DocumentRanges[token];
            while (at < sentences.Count && sentences[at].End <= range.Start)
            {
                at++;
            }

            // A token that holds the end of one sentence and the beginning of the next counts for the first.
            sentenceOfToken[token] = at < sentences.Count && sentences[at].Start < range.End ? at : -1;
        }
    }

    /// <summary>The stored text.</summary>
    public string Text { get; }

    /// <summary>Sentences in text order.</summary>
    public IReadOnlyList<SentenceSpan> Sentences { get; }

    /// <summary>The document's first token, after the chat's head.</summary>
    public int FirstToken { get; }

    /// <summary>Sums values of tokens by sentence: <c>[sentences]</c> from <c>[tokens]</c>, the chat's head included.</summary>
    internal double[] SumBySentence(ReadOnlySpan<float> tokens)
    {
        double[] sums = new double[Sentences.Count];
        for (int token = 0; token < sentenceOfToken.Length; token++)
        {
            if (sentenceOfToken[token] >= 0)
            {
                sums[sentenceOfToken[token]] += tokens[FirstToken + token];
            }
        }

        return sums;
    }

    /// <summary>Sums scores over equal parts of the text, each a share of the whole; a sentence is spread evenly over the parts it touches.</summary>
    internal double[] Profile(IReadOnlyList<double> scores, int parts)
    {
        double[] profile = new double[parts];
        double total = scores.Sum(s => Math.Max(0, s));
        for (int s = 0; s < scores.Count && total > 0; s++)
        {
            int first = (int)((long)Sentences[s].Start * parts / Text.Length), last = (int)(((long)Sentences[s].End - 1) * parts / Text.Length);
            for (int part = first; part <= last; part++)
            {
                profile[part] += Math.Max(0, scores[s]) / total / (last - first + 1);
            }
        }

        return profile;
    }
}
