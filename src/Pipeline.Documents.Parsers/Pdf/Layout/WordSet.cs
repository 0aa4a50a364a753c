namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>The words of a document, which tell a hyphen of hyphenation from one that belongs to the word.</summary>
internal sealed class WordSet
{
    private const int ShortestPart = 3;

    private readonly Lazy<HashSet<string>> words;

    private WordSet(IEnumerable<TextLine> lines) => words = new(() => Read(lines));

    public static WordSet Empty { get; } = new([]);

    /// <summary>Words of the lines; those at line ends that a hyphen cuts are left out. Read when the first hyphen is met.</summary>
    public static WordSet Of(IEnumerable<TextLine> lines) => new(lines);

    /// <summary>
    /// Whether the hyphen between two parts stays: the compound stands elsewhere with its hyphen, or both parts are words and the joined word
    /// is not.
    /// </summary>
    public bool KeepsHyphen(string first, string second)
    {
        if (words.Value.Contains(first + "-" + second))
        {
            return true;
        }

        return !words.Value.Contains(first + second)
            && first.Length >= ShortestPart && second.Length >= ShortestPart
            && words.Value.Contains(first) && words.Value.Contains(second);
    }

    private static HashSet<string> Read(IEnumerable<TextLine> lines)
    {
        var set = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            Add(line.Text, set);
        }

        return set;
    }

    private static void Add(string text, HashSet<string> set)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && (char.IsLetter(text[i]) || text[i] is '-' or '\u2010'))
            {
                continue;
            }

            if (i > start && text[i - 1] is not ('-' or '\u2010'))
            {
                set.Add(text[start..i].Replace('\u2010', '-'));
            }

            start = i + 1;
        }
    }
}
