using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Models;

/// <summary>
/// A file of texts with what Hugging Face tokenizers gives for them (<c>{"texts": […], "tokenizers": [{"name", "file", "vocab_size", "cases"}]}</c>).
/// </summary>
public sealed record TokenizerCaseFile(
    [property: JsonPropertyName("texts")] IReadOnlyList<string> Texts,
    [property: JsonPropertyName("tokenizers")] IReadOnlyList<TokenizerCaseSet> Tokenizers)
{
    /// <exception cref="ModelFolderException">The file can't be read or is wrong.</exception>
    public static TokenizerCaseFile Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var file = JsonSerializer.Deserialize<TokenizerCaseFile>(stream);
            return file is { Texts: not null, Tokenizers: not null } && file.Tokenizers.All(set => set?.Cases is not null && set.Cases.All(test =>
                test is { Index: >= 0, Ids: not null } && test.Index < file.Texts.Count))
                ? file
                : throw new ModelFolderException($"{path} holds no tokeniser cases: it needs texts, tokenizers, and cases whose i is the index of a text.");
        }
        catch (JsonException e)
        {
            throw new ModelFolderException($"{path} is not valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. Correct the file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFolderException($"{path} can't be read: {e.Message}", e);
        }
    }

    /// <summary>The cases of a tokeniser: those of the given name, or else the only ones with as many tokens.</summary>
    /// <exception cref="ModelFolderException">There are none, or several that could be meant.</exception>
    public TokenizerCaseSet Find(ModelTokenizer tokenizer, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var found = Tokenizers.Where(set => name is null ? set.VocabSize == tokenizer.VocabSize : set.Name == name).ToList();
        return found.Count == 1
            ? found[0]
            : throw new ModelFolderException(
                $"The file has {(found.Count == 0 ? "no" : "more than one set of")} cases for {(name is null ? $"a tokeniser of {tokenizer.VocabSize} tokens" : name)}. Name one of: {string.Join(", ", Tokenizers.Select(set => set.Name))}.");
    }

    /// <summary>Compares ids (with and without special tokens), decoding and streaming with the reference.</summary>
    public TokenizerVerdict Verify(ModelTokenizer tokenizer, TokenizerCaseSet set)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(set);
        var failures = set.Cases.SelectMany(test => test.Check(tokenizer, Texts[test.Index])).ToList();
        if (set.VocabSize != tokenizer.VocabSize)
        {
            failures.Add(new TokenizerFailure(-1, "vocabulary", $"{set.VocabSize} tokens", $"{tokenizer.VocabSize} tokens"));
        }

        return new TokenizerVerdict(set.Name, set.Cases.Count, failures);
    }
}

/// <summary>The cases of one tokeniser.</summary>
/// <param name="Name">Name of the tokeniser's style.</param>
/// <param name="File">The tokeniser's file, from the case file's folder.</param>
/// <param name="VocabSize">How many tokens it has, added ones included.</param>
/// <param name="Cases">One for each text.</param>
public sealed record TokenizerCaseSet(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("file")] string File,
    [property: JsonPropertyName("vocab_size")] int VocabSize,
    [property: JsonPropertyName("cases")] IReadOnlyList<TokenizerCase> Cases);

/// <summary>A difference from the reference.</summary>
/// <param name="Case">Index of the text; -1 for the tokeniser as a whole.</param>
/// <param name="What">What differs, such as "ids" or "decoded".</param>
public sealed record TokenizerFailure(int Case, string What, string Expected, string Actual);

/// <summary>The outcome of a comparison.</summary>
/// <param name="Name">Which tokeniser of the file it was compared with.</param>
/// <param name="Cases">How many texts.</param>
/// <param name="Failures">Empty if all is equal.</param>
public sealed record TokenizerVerdict(string Name, int Cases, IReadOnlyList<TokenizerFailure> Failures)
{
    public bool Passed => Failures.Count == 0;
}
