namespace Pipeline.Models.Tokenization;

/// <summary>Collects token ids and, where wanted, the source range of each.</summary>
internal sealed class TokenSink(bool withRanges)
{
    private readonly List<int> ids = [];
    private readonly List<TokenRange>? ranges = withRanges ? [] : null;

    public void Add(int id, in MappedText text, int start, int end)
    {
        ids.Add(id);
        ranges?.Add(new TokenRange(text.SourceStart(start), text.SourceEnd(end)));
    }

    public void Add(int id, int start, int end)
    {
        ids.Add(id);
        ranges?.Add(new TokenRange(start, end));
    }

    public int[] Ids() => ids.ToArray();

    public TokenizedText ToTokenizedText() => new(ids.ToArray(), ranges?.ToArray() ?? []);
}
