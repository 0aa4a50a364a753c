namespace Pipeline.Models.Tokenization.Bpe;

/// <summary>Remembers the tokens of short words. Of fixed size, and safe from several threads: a slot is one immutable reference.</summary>
internal sealed class WordCache
{
    /// <summary>Longer words are rare and not kept.</summary>
    public const int MaximumWordLength = 48;

    private const int SlotCount = 1 << 15;
    private readonly Entry?[] slots = new Entry?[SlotCount];

    public Symbol[]? Find(ReadOnlySpan<char> word)
    {
        var entry = Volatile.Read(ref slots[Slot(word)]);
        return entry is not null && word.SequenceEqual(entry.Word) ? entry.Tokens : null;
    }

    public void Keep(ReadOnlySpan<char> word, Symbol[] tokens) => Volatile.Write(ref slots[Slot(word)], new Entry(word.ToString(), tokens));

    private static int Slot(ReadOnlySpan<char> word) => string.GetHashCode(word, StringComparison.Ordinal) & (SlotCount - 1);

    private sealed record Entry(string Word, Symbol[] Tokens);
}
