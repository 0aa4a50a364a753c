using System.Text.RegularExpressions;
using Pipeline.Models.Tokenization.PreTokenization;
using Pipeline.Models.Tokenization.Reading;

namespace Pipeline.Models.Tests.Tokenization;

public sealed class OnigurumaPatternTests
{
    [Theory]
    [InlineData(@" ?\p{L}+|\s+(?!\S)|[^\s\p{L}]{1,3}", @" ?\p{L}+|\s+(?!\S)|[^\s\p{L}]{1,3}")]
    [InlineData(@"[^\r\n\p{L}]?+\p{L}++|x*+", @"(?>[^\r\n\p{L}]?)(?>\p{L}+)|(?>x*)")]
    [InlineData(@"(?i:'s|'t)++(a|b)?+", @"(?>(?i:'s|'t)+)(?>(a|b)?)")]
    [InlineData(@"[]a\]^]+?^a$", @"[]a\]^]+?(?<![^\n])a(?![^\n])")]
    [InlineData(@"a{2,3}+\+", @"(?>a{2,3})\+")]
    public void Is_written_as_dotnet_has_it(string oniguruma, string dotnet) => Assert.Equal(dotnet, OnigurumaPattern.ToDotNet(oniguruma));

    [Theory]
    [InlineData(@"\h+")]
    [InlineData(@"\x{1F600}")]
    [InlineData("[a[b]]")]
    public void What_means_something_else_is_refused(string pattern) => Assert.Throws<NotSupportedException>(() => OnigurumaPattern.ToDotNet(pattern));

    [Fact]
    public void Stand_ins_have_the_category_they_stand_for()
    {
        foreach (var category in Enum.GetValues<System.Globalization.UnicodeCategory>().Where(category => category != System.Globalization.UnicodeCategory.Surrogate))
        {
            Assert.Equal(category, char.GetUnicodeCategory(CategoryStandIn.For(category)));
        }
    }

    [Fact]
    public void Characters_outside_the_basic_plane_count_as_one()
    {
        Assert.Equal(["𝟘𝟙", "𝟚", "𠮷", "😀!"], Split(@"\p{N}{1,2}|\p{L}+|[^\p{L}\p{N}]+", "𝟘𝟙𝟚𠮷😀!"));
    }

    private static List<string> Split(string pattern, string text)
    {
        var pieces = new Pieces();
        new RegexSplit(new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(5)), SplitBehavior.Isolated, invert: false)
            .Split(Pipeline.Models.Tokenization.MappedText.Of(text.AsMemory(), 0, Pipeline.Models.Tokenization.SectionStart.Text), 0, text.Length, pieces);
        return pieces.Found;
    }

    private sealed class Pieces : IPieceSink
    {
        public List<string> Found { get; } = [];

        public void Accept(in Pipeline.Models.Tokenization.MappedText text, int start, int length) => Found.Add(text.Text.Slice(start, length).ToString());
    }
}
