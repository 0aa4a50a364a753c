extern alias parsers;

using FsCheck;
using FsCheck.Fluent;
using parsers::Pipeline.Documents.Parsers.Building;
using parsers::Pipeline.Documents.Parsers.Segmentation;
using Span = parsers::Pipeline.Documents.TextSpan;

namespace Pipeline.Documents.Tests.Segmentation;

public sealed class SentenceSegmenterTests
{
    [Theory]
    [InlineData("Dr. Smith met Mr. J. Jones at 5 p.m. They left.", "Dr. Smith met Mr. J. Jones at 5 p.m.|They left.")]
    [InlineData("See Fig. 3 and No. 5. He said no. Then he left.", "See Fig. 3 and No. 5.|He said no.|Then he left.")]
    [InlineData("Pi is 3.14. \"Really?\" he asked. \"Yes!\" She nodded.", "Pi is 3.14.|\"Really?\" he asked.|\"Yes!\"|She nodded.")]
    [InlineData("Der Vertrag vom 20. Juni 2024 gilt, z.B. für Miete. Er endet nie.", "Der Vertrag vom 20. Juni 2024 gilt, z.B. für Miete.|Er endet nie.")]
    [InlineData("1. Introduction", "1. Introduction")]
    [InlineData("第一条 甲方应当付款。乙方“同意。”并签字！真的？是。", "第一条 甲方应当付款。|乙方“同意。”|并签字！|真的？|是。")]
    [InlineData("図１．５を見る。次へ．終わり", "図１．５を見る。|次へ．|終わり")]
    [InlineData("यह एक वाक्य है। दूसरा वाक्य।", "यह एक वाक्य है।|दूसरा वाक्य।")]
    [InlineData("هل هذا صحيح؟ نعم. انتهى", "هل هذا صحيح؟|نعم.|انتهى")]
    [InlineData("Visit www.example.com or v1.2.3 now. Done...", "Visit www.example.com or v1.2.3 now.|Done...")]
    [InlineData("Payment is due (see below.) Interest accrues.", "Payment is due (see below.)|Interest accrues.")]
    public void Paragraphs_split_where_a_reader_stops(string text, string expected) =>
        Assert.Equal(expected.Split('|'), Split(text, BlockKind.Paragraph));

    [Fact]
    public void Wrapped_lines_stay_together_and_lists_headings_and_short_lines_do_not()
    {
        const string text = """
            # Heading
            This sentence is wrapped by hand at about seventy columns, as text files
            often are, and goes on here. The next one
            starts in the same paragraph.

            - first item
            - second item
            1. third item
            (a) fourth item

            | a | b |
            | 1 | 2 |

            Jane Doe
            12 High Street
            London
            """;

        Assert.Equal(
            [
                "# Heading",
                "This sentence is wrapped by hand at about seventy columns, as text files\noften are, and goes on here.",
                "The next one\nstarts in the same paragraph.",
                "- first item", "- second item", "1. third item", "(a) fourth item", "| a | b |", "| 1 | 2 |", "Jane Doe", "12 High Street", "London",
            ],
            Split(text.ReplaceLineEndings("\n"), BlockKind.Verbatim));
    }

    [Theory]
    [InlineData((int)BlockKind.Row, "Total. Sum\t12.50\tEUR. Net")]
    [InlineData((int)BlockKind.Heading, "Art. 5. What applies? Everything.")]
    public void Rows_and_headings_are_one_sentence(int kind, string text) => Assert.Equal([text], Split(text, (BlockKind)kind));

    [Fact]
    public void A_sentence_never_grows_beyond_its_limit()
    {
        var text = string.Join(", ", Enumerable.Repeat("word and word", 1000));

        var sentences = Split(text, BlockKind.Paragraph);

        Assert.All(sentences, sentence => Assert.InRange(sentence.Length, 1, SentenceSegmenter.LongestSentence));
        Assert.All(sentences.SkipLast(1), sentence => Assert.EndsWith(",", sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void Sentences_are_trimmed_in_order_and_hold_every_character_that_is_not_white_space()
    {
        var characters = Gen.Elements("ab Z.!?\n\t\r\f。！「」．1９-•(\"'é中\uD83D\uDE00;,".ToCharArray());
        var texts = characters.ArrayOf().Select(array => new string(array));
        var kinds = Gen.Elements(Enum.GetValues<BlockKind>());

        Prop.ForAll(
            texts.SelectMany(text => kinds.Select(kind => (text, kind))).ToArbitrary(),
            input =>
            {
                var spans = Spans(input.text, input.kind);
                var last = 0;
                foreach (var span in spans)
                {
                    Assert.True(span.Start >= last && span.End > span.Start);
                    Assert.Equal(input.text[span.Start..span.End].Trim(), input.text[span.Start..span.End]);
                    last = span.End;
                }

                Assert.Equal(Letters(input.text), Letters(string.Concat(spans.Select(span => input.text[span.Start..span.End]))));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    private static string Letters(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    private static List<string> Split(string text, BlockKind kind) => Spans(text, kind).ConvertAll(span => text[span.Start..span.End]);

    private static List<Span> Spans(string text, BlockKind kind)
    {
        var spans = new List<Span>();
        SentenceSegmenter.Append(text, new Block(kind, 0, text.Length), spans);
        return spans;
    }
}
