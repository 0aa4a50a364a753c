namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>The words of a document, which tell a hyphen of hyphenation from one that belongs to the word.</summary>
internal sealed class WordSet
{
    private const int ShortestPart = 3;

    private readonly HashSet<string> words = new(StringComparer.OrdinalIgnoreCase);

    public static WordSet Empty { get; } = new();

    /// <summary>Words of the lines; those at line ends that a hyphen cuts are left out.</summary>
    public static WordSet Of(IEnumerable<TextLine> lines)
    {
        var set = new WordSet();
        foreach (var line in lines)
        {
            set.Add(line.Text);
        }

        return set;
    }

    /// <summary>
    /// Whether the hyphen between two parts stays: the compound stands elsewhere with its hyphen, or both parts are words and the joined word
    /// is not.
    /// </summary>
    public bool KeepsHyphen(string first, string second)
    {
        if (words.Contains(first + "-" + second))
        {
            return true;
        }

        return !words.Contains(first + second)
            && first.Length >= ShortestPart && second.Length >= ShortestPart
            && words.Contains(first) && words.Contains(second);
    }

    private void Add(string text)
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
                words.Add(text[start..i].Replace('\u2010', '-'));
            }

            start = i + 1;
        }
    }
}
