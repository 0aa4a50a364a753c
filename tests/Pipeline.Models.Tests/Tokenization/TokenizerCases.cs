using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Models.Tests.Tokenization;

/// <summary>tests/models/tokenizer-cases.json: what Hugging Face tokenizers 0.23.3 gives (its "about" explains the fields).</summary>
internal sealed record TokenizerCases(
    [property: JsonPropertyName("texts")] IReadOnlyList<string> Texts,
    [property: JsonPropertyName("tokenizers")] IReadOnlyList<TokenizerStyle> Tokenizers)
{
    private static readonly Lazy<TokenizerCases> Shared = new(() =>
        JsonSerializer.Deserialize<TokenizerCases>(File.ReadAllText(Path.Combine(Repository.TestModels, "tokenizer-cases.json")))!);

    public static TokenizerCases Instance => Shared.Value;

    public static TheoryData<string> Names => [.. Instance.Tokenizers.Select(style => style.Name)];

    public static TokenizerStyle Style(string name) => Instance.Tokenizers.Single(style => style.Name == name);
}

internal sealed record TokenizerStyle(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("file")] string File,
    [property: JsonPropertyName("vocab_size")] int VocabSize,
    [property: JsonPropertyName("cases")] IReadOnlyList<TokenizerCase> Cases)
{
    private static readonly Dictionary<string, ModelTokenizer> Loaded = [];

    public ModelTokenizer Load()
    {
        lock (Loaded)
        {
            return Loaded.TryGetValue(Name, out var tokenizer) ? tokenizer : Loaded[Name] = ModelTokenizer.Load(
                Name == "smollm2" ? Path.Combine(Repository.DefaultModel, "tokenizer.json") : Path.Combine(Repository.TestModels, File));
        }
    }
}

internal sealed record TokenizerCase(
    [property: JsonPropertyName("i")] int Index,
    [property: JsonPropertyName("ids")] IReadOnlyList<int> Ids,
    [property: JsonPropertyName("ids_with_special")] IReadOnlyList<int>? IdsWithSpecial,
    [property: JsonPropertyName("ids_plain")] IReadOnlyList<int>? IdsPlain,
    [property: JsonPropertyName("decoded")] string? Decoded,
    [property: JsonPropertyName("decoded_skip")] string? DecodedSkip,
    [property: JsonPropertyName("prefixes")] IReadOnlyList<string>? Prefixes)
{
    public string Text => TokenizerCases.Instance.Texts[Index];
}
