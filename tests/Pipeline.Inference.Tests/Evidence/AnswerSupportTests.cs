using Pipeline.Inference.Evidence;

namespace Pipeline.Inference.Tests.Evidence;

public sealed class AnswerSupportTests
{
    [Theory]
    [InlineData("The rent is 4,850 pounds.", "")]
    [InlineData("The rent is 4850 pounds.", "")]
    [InlineData("The rent is 4,580 pounds.", "4,580")]
    [InlineData("It begins on 1 April 2023.", "")]
    [InlineData("It begins on 1 May 2024.", "May 2024")]
    [InlineData("Ms Holloway signed it.", "")]
    [InlineData("Holloway's firm signed for twelve months.", "")]
    [InlineData("Thirteen months.", "Thirteen")]
    [InlineData("The machine is KX85-004417.", "")]
    [InlineData("The machine is KX85-004418.", "KX85-004418")]
    [InlineData("Whoever pays, pays late.", "")]
    public void Marks_numbers_dates_and_names_that_no_passage_holds(string answer, string unsupported)
    {
        string[] passages = ["The monthly rent is 4,850 pounds from 1 April 2023 for 12 months.", "Signed: Anna Holloway, for KX85-004417."];
        Assert.Equal(unsupported, string.Join(' ', AnswerSupport.FindUnsupported(answer, "What is it?", passages).Select(u => answer[u.Start..u.End])));
    }

    [Fact]
    public void What_the_question_named_is_supported()
        => Assert.Empty(AnswerSupport.FindUnsupported("Biscuit is a terrier.", "What breed is Biscuit?", ["a terrier"]));

    [Theory]
    [InlineData(NoAnswerSign.Both, "The document does not say.", 0.5, true)]
    [InlineData(NoAnswerSign.Both, "The document does not say.", 0.9, false)]
    [InlineData(NoAnswerSign.Either, "It is 5.", 0.5, true)]
    [InlineData(NoAnswerSign.Attention, "The document does not say.", 0.9, false)]
    [InlineData(NoAnswerSign.Answer, "It is 5.", 0.1, false)]
    public void No_answer_is_told_by_the_signs_of_the_rule(NoAnswerSign sign, string answer, double mass, bool expected)
        => Assert.Equal(expected, new NoAnswerRule(sign, 0.77).Applies(answer, mass));
}
