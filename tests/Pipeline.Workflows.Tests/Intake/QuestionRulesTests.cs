using System.Text;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;

namespace Pipeline.Workflows.Tests.Intake;

public sealed class QuestionRulesTests
{
    [Fact]
    public void Missing_ids_are_given_and_texts_trimmed()
        => Assert.Equal([new Question("Who?", "q1"), new Question("租金是多少？", "rent")], QuestionRules.Complete([new Question(" Who? \n"), new Question("租金是多少？", "rent")]));

    [Fact]
    public void Every_finding_is_named()
    {
        var problem = Assert.Throws<PermanentProblemException>(() => QuestionRules.Complete(
        [
            new Question("Who?", "a"), new Question("When?", "A"), new Question("  ", "b"), new Question("Who?", "c"), new Question("x", "../d"), new Question(new string('x', 4001), "e"), new Question("\ud800", "f"),
        ])).Problem;
        Assert.Equal(ProblemTypes.Prefix + ProblemTypes.InvalidQuestions, problem.Type);
        Assert.Equal(
            [
                "Question 2: the id 'A' is that of question 1.",
                "Question 3: the text is empty or no valid Unicode.",
                "Question 4: the text is that of question 1.",
                "Question 5: an id has letters, digits and . _ - only, at most 64 characters, and begins with a letter or digit.",
                "Question 6: the text has 4,001 characters; 4,000 are allowed.",
                "Question 7: the text is empty or no valid Unicode.",
            ],
            problem.Errors);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void The_number_is_limited(int count)
        => Assert.Throws<PermanentProblemException>(() => QuestionRules.Complete([.. Enumerable.Range(0, count).Select(i => new Question($"q {i}"))]));

    [Fact]
    public void A_set_is_read_with_or_without_a_byte_order_mark()
    {
        var json = """{"questions":[{"text":"Who?"}]}""";
        Assert.Equal("Who?", QuestionSource.Read(Encoding.UTF8.GetBytes("\ufeff" + json), "x").Questions[0].Text);
        Assert.Throws<PermanentProblemException>(() => QuestionSource.Read("""{"questions":[{"text":"Who?","weight":3}]}"""u8, "x"));
        Assert.Throws<PermanentProblemException>(() => QuestionSource.Read("[1,2"u8, "x"));
    }
}
