namespace Pipeline.Models.Tests.Tokenization;

public sealed class TokenizerCaseTests
{
    [Theory]
    [MemberData(nameof(TokenizerCases.Names), MemberType = typeof(TokenizerCases))]
    public void Ids_decoding_and_streaming_are_those_of_the_reference(string name)
    {
        var set = TokenizerCases.Find(name);

        var verdict = TokenizerCases.File.Verify(TokenizerCases.Load(name), set);

        Assert.Empty(verdict.Failures);
        Assert.Equal(147, verdict.Cases);
    }

    [Theory]
    [MemberData(nameof(TokenizerCases.Names), MemberType = typeof(TokenizerCases))]
    public void Pieces_of_a_stream_never_hold_half_a_character(string name)
    {
        var tokenizer = TokenizerCases.Load(name);
        foreach (var test in TokenizerCases.Find(name).Cases)
        {
            var decoder = tokenizer.CreateDecoder(skipSpecial: false);
            foreach (var piece in test.Ids.Select(decoder.Append))
            {
                Assert.False(piece.Length > 0 && (char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1])), piece);
                Assert.True(test.Decoded is not null || !piece.Contains('\uFFFD') || TokenizerCases.File.Texts[test.Index].Contains('\uFFFD'), piece);
            }
        }
    }

    [Fact]
    public void Another_tokenisers_cases_fail_with_what_differs()
    {
        var verdict = TokenizerCases.File.Verify(TokenizerCases.Load("tiny"), TokenizerCases.Find("qwen2"));

        Assert.False(verdict.Passed);
        Assert.Contains(new TokenizerFailure(1, "ids", "220", "223"), verdict.Failures);
        Assert.Contains(new TokenizerFailure(-1, "vocabulary", "804 tokens", "512 tokens"), verdict.Failures);
    }

    [Fact]
    public void Cases_are_found_by_name_or_by_size()
    {
        Assert.Equal("smollm2", TokenizerCases.File.Find(TokenizerCases.Load("smollm2")).Name);
        Assert.Equal("gemma", TokenizerCases.File.Find(TokenizerCases.Load("gemma"), "gemma").Name);
        Assert.Contains("more than one set of cases", Assert.Throws<ModelFolderException>(() => TokenizerCases.File.Find(TokenizerCases.Load("gemma"))).Message, StringComparison.Ordinal);
        Assert.Contains("no cases for x. Name one of: smollm2, tiny,", Assert.Throws<ModelFolderException>(() => TokenizerCases.File.Find(TokenizerCases.Load("gemma"), "x")).Message, StringComparison.Ordinal);
    }
}
