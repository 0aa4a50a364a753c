using System.Diagnostics;
using Microsoft.ML.Tokenizers;

namespace Pipeline.Models.Tests.Tokenization;

/// <summary>
/// Measures, with PIPELINE_LONG_TESTS=1: megabytes of UTF-8 a second, one thread, of the text in the file that PIPELINE_TEXT names
/// (the default model's licence and README if none). Microsoft.ML.Tokenizers, where it reads the vocabulary, for comparison.
/// </summary>
public sealed class TokenizerSpeedTests(ITestOutputHelper output)
{
    [Fact]
    public void Megabytes_a_second()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1", "a measurement; set PIPELINE_LONG_TESTS=1 to run it");
        var text = ReadText();
        foreach (var style in TokenizerCases.File.Tokenizers)
        {
            var tokenizer = TokenizerCases.Load(style.Name);
            var tokens = tokenizer.Encode(text).Length;
            Report(style.Name, text, $"{tokens} tokens, encode", () => tokenizer.Encode(text));
            Report(style.Name, text, "encode with offsets", () => tokenizer.EncodeWithOffsets(text));
            var ids = tokenizer.Encode(text);
            Report(style.Name, text, "decode", () => tokenizer.Decode(ids));
        }

        var library = LoadLibrary();
        var equal = TokenizerCases.Find("smollm2").Cases.Count(test => library.EncodeToIds(TokenizerCases.File.Texts[test.Index]).SequenceEqual(test.IdsPlain ?? test.Ids));
        Report("smollm2", text, $"Microsoft.ML.Tokenizers, equal to the reference in {equal} of {TokenizerCases.Find("smollm2").Cases.Count} cases, encode", () => library.EncodeToIds(text));
    }

    private static string ReadText()
    {
        var texts = Environment.GetEnvironmentVariable("PIPELINE_TEXT") is { Length: > 0 } path
            ? File.ReadAllText(path)
            : File.ReadAllText(Path.Combine(Repository.DefaultModel, "LICENSE")) + File.ReadAllText(Path.Combine(Repository.DefaultModel, "README.md"));
        return string.Concat(Enumerable.Repeat(texts, Math.Max(1, 2_000_000 / texts.Length)));
    }

    private static BpeTokenizer LoadLibrary()
    {
        using var file = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.DefaultModel, "tokenizer.json")));
        var model = file.RootElement.GetProperty("model");
        return BpeTokenizer.Create(new BpeOptions(model.GetProperty("vocab").EnumerateObject().Select(token => KeyValuePair.Create(token.Name, token.Value.GetInt32())))
        {
            Merges = [.. model.GetProperty("merges").EnumerateArray().Select(pair => $"{pair[0].GetString()} {pair[1].GetString()}")],
            ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(
                new(@"\p{N}|'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", System.Text.RegularExpressions.RegexOptions.Compiled, TimeSpan.FromSeconds(20)), null),
        });
    }

    private void Report<T>(string name, string text, string what, Func<T> run)
    {
        for (var i = 0; i < 3; i++)
        {
            run(); // The runtime compiles what is used often a second time.
        }

        var times = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        var megabytes = System.Text.Encoding.UTF8.GetByteCount(text) / 1e6;
        output.WriteLine($"{name}: {what}: {megabytes / times.Order().ElementAt(2):F1} MB/s");
    }
}
