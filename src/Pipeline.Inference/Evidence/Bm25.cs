using System.Globalization;
using System.Text;

namespace Pipeline.Inference.Evidence;

/// <summary>
/// Okapi BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) over sentences: the word-matching baseline that evidence from attention is measured against.
/// Words are runs of letters and digits in lower case; scripts written without blanks are cut into pairs of characters.
/// </summary>
public sealed class Bm25
{
    // The values of Lucene and of Robertson and Zaragoza's recommendation.
    private const double K1 = 1.2;
    private const double B = 0.75;

    private readonly Dictionary<string, int>[] counts;
    private readonly int[] lengths;
    private readonly Dictionary<string, int> sentencesWith = new(StringComparer.Ordinal);

    /// <summary>Indexes sentences.</summary>
    public Bm25(IReadOnlyList<string> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        counts = new Dictionary<string, int>[sentences.Count];
        lengths = new int[sentences.Count];
        for (int i = 0; i < sentences.Count; i++)
        {
            counts[i] = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (string word in Words(sentences[i]))
            {
                counts[i][word] = counts[i].GetValueOrDefault(word) + 1;
                lengths[i]++;
            }

            foreach (string word in counts[i].Keys)
            {
                sentencesWith[word] = sentencesWith.GetValueOrDefault(word) + 1;
            }
        }
    }

    /// <summary>One score a sentence, 0 where it shares no word with the question.</summary>
    public double[] Scores(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        double[] scores = new double[counts.Length];
        double mean = Math.Max(1, lengths.DefaultIfEmpty(0).Average());
        foreach (string word in Words(question).Distinct(StringComparer.Ordinal))
        {
            int with = sentencesWith.GetValueOrDefault(word);
            double rarity = Math.Log(1 + ((counts.Length - with + 0.5) / (with + 0.5)));
            for (int i = 0; i < counts.Length && with > 0; i++)
            {
                if (counts[i].TryGetValue(word, out int count))
                {
                    scores[i] += rarity * count * (K1 + 1) / (count + (K1 * (1 - B + (B * lengths[i] / mean))));
                }
            }
        }

        return scores;
    }

    internal static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        Rune? previous = null;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsUnspaced(rune))
            {
                if (word.Length > 0)
                {
                    yield return word.ToString();
                    word.Clear();
                }

                if (previous is { } before)
                {
                    yield return before.ToString() + rune;
                }

                previous = rune;
                continue;
            }

            previous = null;
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
            {
                word.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }

    /// <summary>Han, Kana and Thai: scripts that set no blanks between words.</summary>
    private static bool IsUnspaced(Rune rune) => rune.Value is (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x0E00 and <= 0x0E7F)
        or (>= 0x20000 and <= 0x3FFFF);
}
