namespace Pipeline.Models.Tests.Tokenization;

/// <summary>What a tokenizer.json asks for and this program lacks is refused by name; a wrong file is refused by key.</summary>
public sealed class TokenizerFileTests : IDisposable
{
    private const string Vocab = """ "vocab": {"a": 0, "b": 1, "ab": 2} """;
    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData("{", "is not valid JSON: line 1")]
    [InlineData("[]", "must hold a JSON object")]
    [InlineData("{}", "\"model\" is missing")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": []}}""", "the tokeniser model Unigram in \"model\" is not supported")]
    [InlineData("""{"model": {"type": "BPE", "merges": []}}""", "\"model.vocab\" is missing")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": []}}""", "\"model.vocab\" must be a vocabulary with tokens")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": 0}, "merges": []}}""", "\"model.vocab.b\" must be a token of its own with an id of its own")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}""", "\"model.vocab.a\" must be a token id")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "a"]]}}""", "\"model.merges[0]\" must be two tokens of the vocabulary")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a a"]}}""", "\"model.merges[0]\" must be two tokens")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "end_of_word_suffix": "</w>"}}""", "\"end_of_word_suffix\" in \"model\" is not supported")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.1}}""", "\"dropout\" (random ids)")]
    public void A_wrong_model_is_refused(string json, string message) => Refused(json, message);

    [Theory]
    [InlineData("normalizer", """{"type": "Precompiled"}""", "the normaliser Precompiled in \"normalizer\" is not supported")]
    [InlineData("normalizer", """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Nmt"}]}""", "the normaliser Nmt in \"normalizer.normalizers[1]\"")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"String": ""}, "content": "x"}""", "\"normalizer.pattern\" must be a String or a Regex")]
    [InlineData("pre_tokenizer", """{"type": "BertPreTokenizer"}""", "the pre-tokeniser BertPreTokenizer")]
    [InlineData("pre_tokenizer", """{"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, {"type": "Digits"}]}""", "a step after ByteLevel")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated"}""", "the regular expression in \"pre_tokenizer\" is not supported")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "\\p{Han}+"}, "behavior": "Isolated"}""", "the regular expression in \"pre_tokenizer\" is not supported")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "[a&&[b]]"}, "behavior": "Isolated"}""", "a class within a class")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"String": "a"}, "behavior": "Odd"}""", "\"pre_tokenizer.behavior\" must be Removed")]
    [InlineData("post_processor", """{"type": "BertProcessing"}""", "the post-processor BertProcessing")]
    [InlineData("decoder", """{"type": "CTC"}""", "the decoder CTC as it is set")]
    [InlineData("decoder", """{"type": "Strip", "content": " ", "start": 0, "stop": 1}""", "the decoder Strip as it is set")]
    [InlineData("added_tokens", """[{"id": 1}]""", "\"added_tokens[0].content\" is missing")]
    [InlineData("added_tokens", "[1]", "\"added_tokens\" must be a list of objects")]
    public void A_component_that_is_not_known_is_refused_by_name(string key, string component, string message) =>
        Refused($$"""{"model": {"type": "BPE", {{Vocab}}, "merges": ["a b"]}, "{{key}}": {{component}}}""", message);

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("can't be read", Assert.Throws<ModelFolderException>(() => ModelTokenizer.Load(temporary.In("tokenizer.json"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_regular_expression_that_runs_away_ends_in_an_error()
    {
        var tokenizer = Load("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a|aa|aaa)+b"}, "behavior": "Isolated"}}""");

        var error = Assert.Throws<ModelFolderException>(() => tokenizer.Encode(new string('a', 200)));

        Assert.Contains("takes too long on this text", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Removed", "a|a")]
    [InlineData("Isolated", "a|-|-|a|-")]
    [InlineData("MergedWithPrevious", "a-|-|a-")]
    [InlineData("MergedWithNext", "a|-|-a|-")]
    [InlineData("Contiguous", "a|--|a|-")]
    public void Splits_at_matches_as_the_behaviour_says(string behavior, string pieces)
    {
        var tokenizer = Load($$$"""
            {"model": {"type": "BPE", "vocab": {"a": 0, "-": 1, "a-": 2, "-a": 3, "--": 4}, "merges": ["a -", "- a", "- -"], "ignore_merges": false},
             "pre_tokenizer": {"type": "Split", "pattern": {"String": "-"}, "behavior": "{{{behavior}}}"}}
            """);

        Assert.Equal(pieces, string.Join('|', tokenizer.Encode("a--a-").Select(id => tokenizer.Decode([id]))));
    }

    [Fact]
    public void Added_tokens_take_the_longest_and_keep_their_flags()
    {
        var tokenizer = Load("""
            {"model": {"type": "BPE", "vocab": {"a": 0, " ": 1, "<": 2, "x": 3, ">": 4}, "merges": []},
             "added_tokens": [{"id": 10, "content": "<x>"}, {"id": 11, "content": "<x>a"}, {"id": 12, "content": "aa", "single_word": true}, {"id": 13, "content": "<", "lstrip": true, "rstrip": true, "special": true}]}
            """);

        Assert.Equal([11, 10, 1, 12, 1, 0, 0, 0], tokenizer.EncodeTemplate("<x>a<x> aa aaa"));
        Assert.Equal([0, 13, 0], tokenizer.EncodeTemplate("a  <  a"));
        Assert.Equal([0, 1, 2, 1, 0], tokenizer.Encode("a < a"));
    }

    private ModelTokenizer Load(string json) => ModelTokenizer.Load(temporary.Write("tokenizer.json", json));

    private void Refused(string json, string message)
    {
        var error = Assert.Throws<ModelFolderException>(() => Load(json));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
    }
}
