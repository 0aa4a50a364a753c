using Pipeline.Inference.Evidence;
using Pipeline.Models;

namespace Pipeline.Inference.Tests.Evidence;

public sealed class RankingTests
{
    private const string Text = "One a. Two b. Three c.\nFour d. Five e.";

    // A token per word, each with the blank before it; two tokens of the chat's head come first.
    private static readonly DocumentTokens Tokens = new(
        [.. Enumerable.Range(0, 13)], 2, [new(0, 3), new(3, 6), new(6, 10), new(10, 13), new(13, 19), new(19, 23), new(23, 27), new(27, 30), new(30, 35), new(35, 38)]);

    private static readonly SentenceSpan[] Sentences = [new(0, 6, 1), new(7, 13, 1), new(14, 22, 1), new(23, 30, 2), new(31, 38, 2)];

    private static readonly EvidenceDocument Document = new(Text, Sentences, Tokens);

    [Fact]
    public void Sums_tokens_by_sentence_as_shares()
    {
        SentenceScores scores = Scores([0.1f, 0.1f, 0, 0, 0.3f, 0.1f, 0, 0, 0.1f, 0.1f]);
        Assert.Equal([0.25, 0, 0.5, 0, 0.25], scores.Values.Select(v => Math.Round(v, 6)));
        Assert.Equal(0.8, scores.Mass, 6);
        Assert.Equal([2, 0, 4, 1, 3], scores.Ranking());
    }

    [Fact]
    public void A_head_that_gives_the_document_little_has_the_same_say()
    {
        SentenceScores scores = Scores([0.6f, 0.2f, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0.01f, 0, 0, 0, 0, 0, 0.01f, 0.02f]);
        Assert.Equal([0.5, 0.125, 0, 0, 0.375], scores.Values.Select(v => Math.Round(v, 6)));
    }

    [Fact]
    public void Neighbours_become_one_passage_but_not_over_pages()
    {
        IReadOnlyList<EvidencePassage> passages = PassageSelector.Select(Document, Scores([0, 0, 0.15f, 0.1f, 0.2f, 0.1f, 0.15f, 0.1f, 0, 0]), 3);
        Assert.Equal(["Two b. Three c.", "Four d."], passages.Select(p => p.Exact));
        Assert.Equal([1, 2], passages.Select(p => p.Page));
        Assert.Equal(0.6875, passages[0].Score, 4);
        Assert.Equal("One a. ", passages[0].Prefix);
        Assert.Equal("\nFour d. Five e.", passages[0].Suffix);
        Assert.All(passages, p => Assert.Equal(Text[p.Start..p.End], p.Exact));
    }

    [Fact]
    public void No_attention_no_passages()
        => Assert.Empty(PassageSelector.Select(Document, Scores(new float[10]), 3));

    [Fact]
    public void Ranks_count_from_one_and_ties_go_to_the_earlier_sentence()
    {
        Assert.Equal(1, RankQuality.FirstRight([0.5, 0.5, 0.1], [0]));
        Assert.Equal(2, RankQuality.FirstRight([0.5, 0.5, 0.1], [1]));
        Assert.Equal(2, RankQuality.FirstRight([0.5, 0.5, 0.1], [1, 2]));
        Assert.Equal(new RankQuality(4, 0.25, 0.75, (1 + 0.5 + (1.0 / 3) + 0.25) / 4), RankQuality.Of([1, 2, 3, 4]));
    }

    [Fact]
    public void Bm25_prefers_rare_words_and_short_sentences()
    {
        var bm25 = new Bm25(["The rent is due.", "The deposit is due, and the rent is not.", "The tenant is not here.", "租金每月支付。"]);
        double[] scores = bm25.Scores("When is the rent due?");
        Assert.True(scores[0] > scores[1] && scores[1] > scores[2]);
        Assert.True(bm25.Scores("租金多少?")[3] > 0);
        Assert.All(bm25.Scores("unrelated"), s => Assert.Equal(0, s));
    }

    [Fact]
    public void Overlapping_sentences_are_refused()
        => Assert.Throws<ArgumentException>(() => new EvidenceDocument(Text, [new(0, 10, 1), new(5, 12, 1)], Tokens));

    [Fact]
    public void The_best_heads_are_those_that_find_the_evidence_in_single_and_joined_documents()
    {
        AttentionHead[] heads = [new(0, 0), new(0, 1), new(0, 2)];
        var search = new HeadSearch(heads);
        search.Add(Document, Attention(heads, [At(1), At(1), At(0)]), [1], "An answer.");
        search.AddJoined(Document, Attention(heads, [At(4), At(3), At(0)]), [3]);
        Assert.Equal(["0:1", "0:0"], search.Best(2).Heads);
        Assert.Equal(["0:2"], search.Best(2, [heads[2]]).Heads);
        Assert.Throws<InferenceException>(() => new HeadSearch(heads).Best(4));
    }

    /// <summary>All attention on the first token of a sentence.</summary>
    private static float[] At(int sentence)
    {
        float[] tokens = new float[10];
        tokens[2 * sentence] = 0.5f;
        return tokens;
    }

    private static SentenceScores Scores(params float[][] heads)
        => SentenceScores.Of(Document, Attention([.. heads.Select((_, i) => new AttentionHead(i, 0))], heads));

    /// <summary>With the two tokens of the chat's head before the document, and one after it.</summary>
    private static QuestionAttention Attention(AttentionHead[] heads, float[][] tokens)
        => new(heads, [.. tokens.Select(t => (float[])[0, 0, .. t, 0])], TimeSpan.Zero);
}
