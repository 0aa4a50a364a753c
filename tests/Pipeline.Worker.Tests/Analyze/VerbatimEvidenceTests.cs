using Pipeline.Worker.Analyze;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Worker.Tests.Analyze;

public sealed class VerbatimEvidenceTests
{
    private const string Text = "The rent is 900 euros. 押金是两个月的租金。\fIt is due on day 3. The rent is 900 euros.";
    private static readonly AnswerJob Job = new(null!, null!, Text, [new PageSpan(1, 0, 33), new PageSpan(2, 34, Text.Length)], [0, 22, 23, 33, 34, 53, 54, Text.Length], []);

    [Fact]
    public void Each_sentence_that_holds_the_answer_is_cited_with_its_page()
    {
        var citations = VerbatimEvidence.Find(Job, " 900 euros. ");
        Assert.Equal([("The rent is 900 euros.", 0, 22, 1), ("The rent is 900 euros.", 54, 76, 2)], citations.Select(c => (c.Quote, c.Start, c.End, c.Page)));
        Assert.All(citations, c => Assert.True(c.Verified && Text[c.Start..c.End] == c.Quote));
        Assert.EndsWith("day 3. ", citations[1].Prefix, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_stand_there_is_not_cited()
    {
        Assert.Empty(VerbatimEvidence.Find(Job, "901 euros"));
        Assert.Empty(VerbatimEvidence.Find(Job, ""));
        Assert.Equal("押金是两个月的租金。", Assert.Single(VerbatimEvidence.Find(Job, "两个月")).Quote);
    }

    [Fact]
    public void Surroundings_never_begin_inside_a_character()
    {
        var text = string.Concat(Enumerable.Repeat("😀", 40)) + "answer" + string.Concat(Enumerable.Repeat("😀", 40));
        var job = Job with { Text = "x" + text, Sentences = [] };
        var citation = Assert.Single(VerbatimEvidence.Find(job, "answer"));
        Assert.True(char.IsHighSurrogate(citation.Prefix[0]));
        Assert.True(char.IsLowSurrogate(citation.Suffix[^1]));
    }
}
