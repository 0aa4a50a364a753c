using System.Text.Json;
using Pipeline.Models.Tokenization.Bpe;
using Pipeline.Models.Tokenization.PreTokenization;

namespace Pipeline.Models.Tokenization.Reading;

/// <summary>Reads a <c>tokenizer.json</c> of Hugging Face tokenizers. What it names and this program lacks is refused by name.</summary>
internal static class TokenizerFileReader
{
    public static TokenizerDefinition Read(string path)
    {
        using var document = JsonFile.ReadObject(path);
        var root = new JsonSection(path, "", document.RootElement);
        var model = root.RequiredSection("model");
        var preTokenizer = PreTokenizerReader.Read(root.Section("pre_tokenizer"));
        var vocabulary = BpeReader.ReadTokens(model);
        var byId = new Dictionary<int, string>(vocabulary.Count);
        foreach (var (token, id) in vocabulary)
        {
            byId[id] = token;
        }

        var bpe = BpeReader.Read(model, vocabulary, byId, preTokenizer.IsByteLevel);
        var added = ReadAddedTokens(root);
        foreach (var token in added)
        {
            byId[token.Id] = token.Content;
        }

        var (prefix, suffix) = PostProcessorReader.Read(root.Section("post_processor"));
        return new TokenizerDefinition
        {
            AddedTokens = added,
            Normalizer = NormalizerReader.Read(root.Section("normalizer")),
            PreTokenizer = preTokenizer.Splitter,
            Model = bpe,
            Tokens = byId,
            Decoder = DecoderReader.Read(root.Section("decoder")),
            Prefix = prefix,
            Suffix = suffix,
        };
    }

    private static List<AddedToken> ReadAddedTokens(JsonSection root)
    {
        var tokens = new List<AddedToken>();
        foreach (var entry in ReadingExtensions.List(root, "added_tokens"))
        {
            tokens.Add(new AddedToken(
                entry.RequiredInt("id"),
                entry.String("content") ?? throw entry.Missing("content"),
                entry.Bool("special") ?? false,
                entry.Bool("normalized") ?? false,
                entry.Bool("single_word") ?? false,
                entry.Bool("lstrip") ?? false,
                entry.Bool("rstrip") ?? false));
        }

        return tokens;
    }
}

internal static class ReadingExtensions
{
    /// <summary>The objects of a list; an absent list is empty.</summary>
    public static List<JsonSection> List(this JsonSection section, string key)
    {
        var list = new List<JsonSection>();
        if (section.TryGet(key, out var value))
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                throw section.Wrong(key, "a list");
            }

            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                var name = $"{(section.Name.Length == 0 ? "" : section.Name + ".")}{key}[{index++}]";
                list.Add(item.ValueKind == JsonValueKind.Object ? new JsonSection(section.Path, name, item) : throw section.Wrong(key, "a list of objects"));
            }
        }

        return list;
    }

    /// <summary>The <c>type</c> of a component.</summary>
    public static string Type(this JsonSection section) => section.String("type") ?? throw section.Missing("type");

    /// <summary>Says which component is not supported.</summary>
    public static ModelFolderException Unsupported(this JsonSection section, string what) =>
        new($"{section.Path}: {what} in \"{section.Name}\" is not supported. Use a model whose tokeniser does without it.");

    /// <summary><c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
    public static (string? Literal, string? Regex) Pattern(this JsonSection section)
    {
        var pattern = section.RequiredSection("pattern");
        var (literal, regex) = (pattern.String("String"), pattern.String("Regex"));
        return (literal is null) == (regex is null) || literal?.Length == 0 ? throw section.Wrong("pattern", "a String or a Regex") : (literal, regex);
    }
}
