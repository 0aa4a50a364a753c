namespace Pipeline.Models.Tokenization.Bpe;

/// <summary>
/// Finds places in a row of symbols that no merge can cross, so that a long row is worked on in short ones with the same result: a token
/// that crosses a place holds the two symbols beside it next to each other, and only a merge (L, R) makes last(L) and first(R) neighbours.
/// </summary>
internal sealed class MergeBoundaries
{
    private readonly HashSet<ulong> joined = [];
    private readonly bool usable = true;

    public MergeBoundaries(BpeVocabulary vocabulary, SymbolTable symbols, IReadOnlyDictionary<int, string> tokens)
    {
        var results = vocabulary.Merges.Values.Select(merge => merge.Id).ToHashSet();
        var longSymbols = symbols.LongSymbolIds().ToHashSet();
        usable = !results.Overlaps(longSymbols);
        foreach (var key in vocabulary.Merges.Keys)
        {
            var (left, right) = ((int)(key >> 32), (int)(uint)key);
            if (longSymbols.Contains(left) || longSymbols.Contains(right)
                || !TryGetEdge(vocabulary, tokens[left], last: true, out var last)
                || !TryGetEdge(vocabulary, tokens[right], last: false, out var first))
            {
                // A merge of something that is not built from characters: the argument above does not hold.
                usable = false;
                return;
            }

            joined.Add(BpeVocabulary.PairKey(last, first));
        }
    }

    public bool IsBoundary(int left, int right) => usable && !joined.Contains(BpeVocabulary.PairKey(left, right));

    /// <summary>True where no token has the character after another one: a text can be cut before every run of it.</summary>
    public bool IsBoundaryBefore(int id) => usable && !joined.Any(key => (int)(uint)key == id && (int)(key >> 32) != id);

    private static bool TryGetEdge(BpeVocabulary vocabulary, string token, bool last, out int id)
    {
        var width = last
            ? char.IsLowSurrogate(token[^1]) && token.Length > 1 ? 2 : 1
            : char.IsHighSurrogate(token[0]) && token.Length > 1 ? 2 : 1;
        return vocabulary.TryGetId(last ? token.AsSpan(token.Length - width) : token.AsSpan(0, width), out id);
    }
}
