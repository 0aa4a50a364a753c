using FsCheck;
using FsCheck.Fluent;
using Pipeline.Models.Tokenization.Bpe;

namespace Pipeline.Models.Tests.Tokenization;

public sealed class SymbolMergerTests
{
    // Many merges of few characters, so that they compete: a..d, then random pairs.
    private static readonly Dictionary<string, int> Tokens = new(StringComparer.Ordinal) { ["a"] = 0, ["b"] = 1, ["c"] = 2, ["d"] = 3 };
    private static readonly BpeVocabulary Vocabulary = Make();

    [Fact]
    public void The_queue_merges_what_looking_at_every_pair_merges() => Prop.ForAll(
        Gen.Choose(0, 3).ListOf(SymbolMerger.ShortRow).ToArbitrary(),
        (List<int> ids) =>
        {
            var merger = new SymbolMerger(Vocabulary);
            var (shortRow, longRow) = (Row(ids), Row(ids));

            var shortCount = merger.MergeShort(shortRow);
            var longCount = merger.MergeLong(longRow);

            Assert.Equal(shortRow[..shortCount], longRow[..longCount]);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public void Cutting_where_no_merge_crosses_changes_nothing()
    {
        var tokens = Tokens.ToDictionary(entry => entry.Value, entry => entry.Key);
        var model = new BpeModel(Vocabulary, new BpeOptions(), tokens);
        var whole = new SymbolMerger(Vocabulary);
        Prop.ForAll(
            Gen.Choose(0, 3).ListOf(200).ToArbitrary(),
            (List<int> ids) =>
            {
                var row = Row(ids);
                var count = whole.MergeLong(row);

                Assert.Equal(row[..count].Select(symbol => symbol.Id), model.EncodeWord(string.Concat(ids.Select(id => tokens[id]))));
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    private static Symbol[] Row(List<int> ids) => [.. ids.Select((id, i) => new Symbol(id, i, i + 1))];

    private static BpeVocabulary Make()
    {
        var random = new Random(7);
        var merges = new Dictionary<ulong, BpeMerge>();
        var list = Tokens.Keys.ToList();
        while (merges.Count < 60)
        {
            var (left, right) = (list[random.Next(list.Count)], list[random.Next(list.Count)]);
            // "d" never follows "a": a place that merges can't cross.
            if ((left + right).Contains("ad", StringComparison.Ordinal) || left.Length + right.Length > 12
                || merges.ContainsKey(BpeVocabulary.PairKey(Tokens[left], Tokens[right])))
            {
                continue;
            }

            if (!Tokens.TryGetValue(left + right, out var id))
            {
                id = Tokens[left + right] = list.Count;
                list.Add(left + right);
            }

            merges.Add(BpeVocabulary.PairKey(Tokens[left], Tokens[right]), new BpeMerge(merges.Count, id));
        }

        return new BpeVocabulary(Tokens, merges);
    }
}
