namespace Pipeline.Models.Tests.Tokenization;

/// <summary>Long texts, also without a single space (millions of characters with PIPELINE_LONG_TESTS=1): time must not grow with the square of a word's length.</summary>
public sealed class LongTextTests
{
    private static readonly int Length = Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1" ? 4_000_000 : 300_000;

    public static TheoryData<string, string> Texts
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var style in TokenizerCases.File.Tokenizers)
            {
                foreach (var text in (string[])["a", "ab", " ", "\n", "合同", "😀", "e\u0301", "\u0301", "1", "word ", "<", "<|im_start|>", "\u0000"])
                {
                    data.Add(style.Name, text);
                }
            }

            return data;
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Texts))]
    public async Task Long_runs_of_one_text_take_seconds(string name, string repeated)
    {
        var tokenizer = TokenizerCases.Load(name);
        var text = string.Concat(Enumerable.Repeat(repeated, Length / repeated.Length));

        var encoded = await Task.Run(() => tokenizer.EncodeWithOffsets(text), TestContext.Current.CancellationToken);

        Assert.True(encoded.Ids.Count == 0 || encoded.Ranges[^1].End == text.Length);
    }
}
