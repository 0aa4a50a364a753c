namespace Pipeline.Models.Tests.Tokenization;

public sealed class TokenizerCaseTests
{
    [Theory]
    [MemberData(nameof(TokenizerCases.Names), MemberType = typeof(TokenizerCases))]
    public void Template_text_gives_the_ids_of_the_reference(string name) =>
        Check(name, (tokenizer, test) => (test.Ids, tokenizer.EncodeTemplate(test.Text)));

    [Theory]
    [MemberData(nameof(TokenizerCases.Names), MemberType = typeof(TokenizerCases))]
    public void Document_text_gives_the_ids_of_the_reference_without_special_tokens(string name) =>
        Check(name, (tokenizer, test) => (test.IdsPlain ?? test.Ids, tokenizer.Encode(test.Text)));

    [Theory]
    [MemberData(nameof(TokenizerCases.Names), MemberType = typeof(TokenizerCases))]
    public void The_tokenizers_own_special_tokens_stand_around_a_text(string name) =>
        Check(name, (tokenizer, test) => (test.IdsWithSpecial ?? test.Ids, tokenizer.EncodeWithSpecialTokens(test.Text)));

    [Theory]
    [MemberData(nameof(TokenizerCases.Names), MemberType = typeof(TokenizerCases))]
    public void Decoding_gives_the_text_of_the_reference(string name) => Check(name, (tokenizer, test) =>
    {
        var decoded = test.Decoded ?? test.Text;
        return (
            new[] { decoded, test.DecodedSkip ?? decoded },
            new[] { tokenizer.Decode(test.Ids, skipSpecial: false), tokenizer.Decode(test.Ids) });
    });

    [Theory]
    [MemberData(nameof(TokenizerCases.Names), MemberType = typeof(TokenizerCases))]
    public void The_first_tokens_decode_as_in_the_reference(string name) => Check<string>(name, (tokenizer, test) => (
        test.Prefixes ?? [],
        test.Prefixes is null ? [] : test.Ids.Select((_, i) => tokenizer.Decode(test.Ids.Take(i + 1), skipSpecial: false)).ToArray()));

    [Theory]
    [MemberData(nameof(TokenizerCases.Names), MemberType = typeof(TokenizerCases))]
    public void Streaming_gives_the_decoded_text_in_whole_characters(string name) => Check<string>(name, (tokenizer, test) =>
    {
        var decoder = tokenizer.CreateDecoder(skipSpecial: false);
        var pieces = test.Ids.Select(decoder.Append).ToList();
        pieces.Add(decoder.Flush());
        Assert.All(pieces, piece => Assert.False(
            piece.Length > 0 && (char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1])), "half a character: " + piece));
        return ([test.Decoded ?? test.Text], new[] { string.Concat(pieces) });
    });

    [Theory]
    [MemberData(nameof(TokenizerCases.Names), MemberType = typeof(TokenizerCases))]
    public void The_vocabulary_has_the_size_of_the_reference(string name) =>
        Assert.Equal(TokenizerCases.Style(name).VocabSize, TokenizerCases.Style(name).Load().VocabSize);

    private static void Check<T>(string name, Func<ModelTokenizer, TokenizerCase, (IReadOnlyList<T> Expected, T[] Actual)> run)
    {
        var style = TokenizerCases.Style(name);
        var tokenizer = style.Load();
        var failures = style.Cases
            .Select(test => (test, result: run(tokenizer, test)))
            .Where(entry => !entry.result.Expected.SequenceEqual(entry.result.Actual))
            .Select(entry => $"case {entry.test.Index} {System.Text.Json.JsonSerializer.Serialize(entry.test.Text)}: "
                + $"expected [{string.Join(' ', entry.result.Expected)}], got [{string.Join(' ', entry.result.Actual)}]")
            .ToList();
        Assert.True(failures.Count == 0, $"{failures.Count} of {style.Cases.Count} differ:\n" + string.Join('\n', failures.Take(8)));
    }
}
