using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Inference.Evidence;

/// <summary>A part of an answer that none of its passages holds.</summary>
/// <param name="Start">First UTF-16 code unit in the answer.</param>
/// <param name="End">End, exclusive.</param>
public readonly record struct UnsupportedPart(int Start, int End);

/// <summary>
/// Checks what a reader would act on: numbers, dates and names of an answer must occur in its passages, or in the question that named them. Words of the answer that are neither are not judged.
/// A date is its numbers and its month's name; a number is compared by its digits, so that 4,850 and 4850 are equal, and written-out English numbers up to a hundred count as their digits.
/// </summary>
public static partial class AnswerSupport
{
    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
        "eighteen", "nineteen", "twenty",
    ];

    private static readonly Dictionary<string, string> NumberWords = Small.Select((word, i) => (word, i))
        .Concat([("thirty", 30), ("forty", 40), ("fifty", 50), ("sixty", 60), ("seventy", 70), ("eighty", 80), ("ninety", 90), ("hundred", 100)])
        .ToDictionary(n => n.Item1, n => n.Item2.ToString(CultureInfo.InvariantCulture), StringComparer.OrdinalIgnoreCase);

    /// <summary>Parts of the answer that occur neither in a passage nor in the question, in order.</summary>
    public static IReadOnlyList<UnsupportedPart> FindUnsupported(string answer, string question, IEnumerable<string> passages)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(passages);
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string text in passages.Append(question))
        {
            foreach (Match word in Word().Matches(text))
            {
                known.Add(Canonical(word.Value));
                foreach (Match part in Part().Matches(word.Value))
                {
                    known.Add(Canonical(part.Value));
                }
            }
        }

        var unsupported = new List<UnsupportedPart>();
        bool sentenceStart = true;
        int before = 0;
        foreach (Match word in Word().Matches(answer))
        {
            sentenceStart |= answer.AsSpan(before, word.Index - before).IndexOfAny(".!?:\n") >= 0;
            if (Matters(word.Value, sentenceStart) && !IsKnown(word.Value, known))
            {
                unsupported.Add(new UnsupportedPart(word.Index, word.Index + word.Length));
            }

            sentenceStart = false;
            before = word.Index + word.Length;
        }

        return unsupported;
    }

    /// <summary>A number, a number word, or a word with a capital that its place does not explain.</summary>
    private static bool Matters(string word, bool sentenceStart)
        => word.Any(char.IsDigit)
            || NumberWords.ContainsKey(word)
            || (char.IsUpper(word[0]) && word.Length > 1 && (!sentenceStart || word.Skip(1).Any(char.IsUpper)));

    private static bool IsKnown(string word, HashSet<string> known)
        => known.Contains(Canonical(word)) || (Part().Matches(word) is { Count: > 1 } parts && parts.All(p => known.Contains(Canonical(p.Value))));

    /// <summary>Digits without separators between thousands, number words as digits, names without the possessive.</summary>
    private static string Canonical(string word)
    {
        if (NumberWords.TryGetValue(word, out string? digits))
        {
            return digits;
        }

        if (char.IsDigit(word[0]))
        {
            return Thousands().Replace(word, string.Empty);
        }

        return word.EndsWith("'s", StringComparison.Ordinal) || word.EndsWith("’s", StringComparison.Ordinal) ? word[..^2] : word;
    }

    // Letters and digits, with what stands inside numbers, codes and names: 4,850.00  KX85-004417  O'Neill  9:30  1/4/2023
    [GeneratedRegex(@"[\p{L}\p{N}\p{M}]+(?:[.,:/'’\-–][\p{L}\p{N}\p{M}]+)*", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Word();

    [GeneratedRegex(@"[\p{L}\p{M}]+|\p{N}+(?:[.,]\p{N}+)*", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Part();

    [GeneratedRegex(@"(?<=\d)[,.](?=\d{3}(?!\d))", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Thousands();
}
