namespace Pipeline.Models.Tests.Tokenization;

/// <summary>tests/models/tokenizer-cases.json: what Hugging Face tokenizers 0.23.3 gives, and the tokenisers it was asked of.</summary>
internal static class TokenizerCases
{
    private static readonly Dictionary<string, ModelTokenizer> Loaded = [];

    public static TokenizerCaseFile File { get; } = TokenizerCaseFile.Read(Path.Combine(Repository.TestModels, "tokenizer-cases.json"));

    public static TheoryData<string> Names => [.. File.Tokenizers.Select(set => set.Name)];

    public static ModelTokenizer Load(string name)
    {
        lock (Loaded)
        {
            return Loaded.TryGetValue(name, out var tokenizer) ? tokenizer : Loaded[name] = ModelTokenizer.Load(
                name == "smollm2" ? Path.Combine(Repository.DefaultModel, "tokenizer.json") : Path.Combine(Repository.TestModels, Find(name).File));
        }
    }

    public static TokenizerCaseSet Find(string name) => File.Tokenizers.Single(set => set.Name == name);
}
