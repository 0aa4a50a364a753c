namespace Pipeline.Models.Tokenization;

/// <summary>Builds a changed copy of a <see cref="MappedText"/>, unit by unit, each with the source range it comes from.</summary>
internal sealed class MappedTextBuilder(MappedText source)
{
    private readonly List<char> text = new(source.Length + 1);
    private readonly List<int> starts = new(source.Length + 1);
    private readonly List<int> ends = new(source.Length + 1);

    /// <summary>Copies units of the source unchanged.</summary>
    public void Copy(int start, int length)
    {
        var span = source.Text.Span.Slice(start, length);
        for (var i = 0; i < span.Length; i++)
        {
            text.Add(span[i]);
            starts.Add(source.SourceStart(start + i));
            ends.Add(source.SourceEnd(start + i + 1));
        }
    }

    /// <summary>Puts <paramref name="replacement"/> in the place of units of the source; with none, it takes the range of the unit there.</summary>
    public void Replace(int start, int length, ReadOnlySpan<char> replacement)
    {
        var last = Math.Max(start + length, Math.Min(start + 1, source.Length));
        var (from, to) = source.Length == 0 ? (source.Origin, source.Origin) : (source.SourceStart(Math.Min(start, source.Length - 1)), source.SourceEnd(last));
        foreach (var unit in replacement)
        {
            text.Add(unit);
            starts.Add(from);
            ends.Add(to);
        }
    }

    public MappedText Build() => new(text.ToArray(), source.Origin, starts.ToArray(), ends.ToArray(), source.Before);
}
