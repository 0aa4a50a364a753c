using FsCheck;
using FsCheck.Fluent;
using Pipeline.Models.Tokenization;
using Pipeline.Models.Tokenization.Normalization;

namespace Pipeline.Models.Tests.Tokenization;

public sealed class TokenizerPropertyTests
{
    private static readonly Config Config = FsCheck.Config.QuickThrowOnFailure.WithMaxTest(
        Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1" ? 50_000 : 500).WithQuietOnSuccess(true);

    public static TheoryData<string> Names => TokenizerCases.Names;

    /// <summary>Styles without loss, and what of a text they keep.</summary>
    [Theory]
    [InlineData("tiny")]
    [InlineData("llama3")]
    [InlineData("qwen2")] // of texts in form C
    [InlineData("llama2")] // of texts without its mark for spaces
    [InlineData("gemma")]
    public void Decoding_gives_back_the_encoded_text(string name)
    {
        var tokenizer = TokenizerCases.Load(name);
        var composes = new CanonicalNormalizer(System.Text.NormalizationForm.FormC);
        string Keep(string text) => name switch
        {
            "qwen2" => composes.Apply(MappedText.Of(text.AsMemory(), 0, SectionStart.Text)).Text.ToString(),
            "llama2" or "gemma" => text.Replace('\u2581', '_'),
            _ => text,
        };

        Check(TextGenerator.Text.Select(Keep), text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text), skipSpecial: false)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Document_text_never_becomes_a_special_token(string name)
    {
        var tokenizer = TokenizerCases.Load(name);

        // "<unk>" is what a vocabulary without the character gives; it controls nothing.
        Check(TextGenerator.BrokenText, text => Assert.DoesNotContain(tokenizer.Encode(text), id => tokenizer.IsSpecial(id) && tokenizer.Decode([id], skipSpecial: false) != "<unk>"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Ranges_go_forward_within_the_text_and_leave_nothing_out(string name)
    {
        var tokenizer = TokenizerCases.Load(name);
        var drops = name == "smollm2"; // Its vocabulary lacks some bytes.

        Check(TextGenerator.BrokenText, text =>
        {
            var encoded = tokenizer.EncodeWithOffsets(text);
            Assert.Equal(tokenizer.Encode(text), encoded.Ids);
            Assert.Equal(encoded.Ids.Count, encoded.Ranges.Count);
            var (start, end) = (0, 0);
            foreach (var range in encoded.Ranges)
            {
                Assert.InRange(range.Start, start, drops ? text.Length : end);
                Assert.InRange(range.End, Math.Max(range.Start + 1, end), text.Length);
                (start, end) = (range.Start, range.End);
            }

            Assert.True(drops || end == text.Length);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Pieces_of_a_stream_are_whole_characters_and_together_the_decoded_text(string name)
    {
        var tokenizer = TokenizerCases.Load(name);

        Check(Gen.Choose(0, tokenizer.VocabSize + 5).ListOf(), ids =>
        {
            var decoder = tokenizer.CreateDecoder(skipSpecial: false);
            var pieces = ids.Select(decoder.Append).ToList();
            pieces.Add(decoder.Flush());
            Assert.Equal(tokenizer.Decode(ids, skipSpecial: false), string.Concat(pieces));
            Assert.All(pieces, piece => Assert.False(piece.Length > 0 && (char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1]))));
        });
    }

    private static void Check<T>(Gen<T> generator, Action<T> check) => FsCheck.Fluent.Prop.ForAll(generator.ToArbitrary(), check).Check(Config);
}
