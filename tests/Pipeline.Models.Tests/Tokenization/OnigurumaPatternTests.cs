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

    /// <summary>Patterns of families that have no tokeniser here: they must at least be understood, and cut what they should.</summary>
    [Theory]
    [InlineData(
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        "HelloWorld's 1234 合同!\n", "Hello|World's| |123|4| 合同|!\n")]
    [InlineData(
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
        "It'S 12345  a!\n ", "It|'S| |123|45| | a|!\n| ")]
    [InlineData(
        @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        "(abc) x^2 [k", "(abc|)| x|^|2| [|k")]
    [InlineData(@"[一-龥぀-ゟ゠-ヿ]+", "契約の期間x𠮷", "契約の期間|x𠮷")]
    public void Patterns_of_other_families_cut_as_they_should(string pattern, string text, string pieces) =>
        Assert.Equal(pieces, string.Join('|', Split(OnigurumaPattern.ToDotNet(pattern), text)));

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
