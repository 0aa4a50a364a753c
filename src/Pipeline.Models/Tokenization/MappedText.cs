namespace Pipeline.Models.Tokenization;

/// <summary>
/// Text on its way to the tokens, with the place of each of its UTF-16 units in the source. Normalising may insert, drop and change units;
/// units that come out of one source range together all carry that whole range.
/// </summary>
/// <param name="Text">The text as it is now.</param>
/// <param name="Origin">Source offset of this text's first unit where it is unchanged (<paramref name="Starts"/> is null).</param>
/// <param name="Starts">Per unit, where its source range starts; null where unit i is source unit Origin + i.</param>
/// <param name="Ends">Per unit, the exclusive end of its source range; null together with <paramref name="Starts"/>.</param>
/// <param name="Before">What stands before the text.</param>
internal readonly record struct MappedText(ReadOnlyMemory<char> Text, int Origin, int[]? Starts, int[]? Ends, SectionStart Before)
{
    public static MappedText Of(ReadOnlyMemory<char> text, int origin, SectionStart before) => new(text, origin, null, null, before);

    public int Length => Text.Length;

    public int SourceStart(int unit) => Starts is null ? Origin + unit : Starts[unit];

    /// <summary>Exclusive end in the source of the units before <paramref name="end"/> (which is at least 1).</summary>
    public int SourceEnd(int end) => Ends is null ? Origin + end : Ends[end - 1];

    public MappedText Slice(int start, int length) => new(
        Text.Slice(start, length),
        Origin + start,
        Starts?[start..(start + length)],
        Ends?[start..(start + length)],
        start == 0 ? Before : SectionStart.Inside);

    /// <summary>The same units in number, other characters.</summary>
    public MappedText WithText(ReadOnlyMemory<char> text) => this with { Text = text };
}
