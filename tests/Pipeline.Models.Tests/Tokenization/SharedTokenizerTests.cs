namespace Pipeline.Models.Tests.Tokenization;

public sealed class SharedTokenizerTests
{
    [Fact]
    public void Several_threads_get_what_one_gets()
    {
        var tokenizer = ModelTokenizer.Load(Path.Combine(Repository.DefaultModel, "tokenizer.json"));
        var texts = TokenizerCases.Find("smollm2").Cases.Select(test => (Text: TokenizerCases.File.Texts[test.Index], Ids: test.IdsPlain ?? test.Ids)).ToList();

        Parallel.For(0, 2000, round =>
        {
            var (text, ids) = texts[round % texts.Count];
            Assert.Equal(ids, tokenizer.Encode(text));
        });
    }
}
