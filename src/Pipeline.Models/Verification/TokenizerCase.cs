using System.Text.Json.Serialization;

namespace Pipeline.Models;

/// <summary>What Hugging Face tokenizers gives for one text.</summary>
/// <param name="Index">Index of the text.</param>
/// <param name="Ids">Special tokens written in the text are recognised.</param>
/// <param name="IdsWithSpecial">With the tokeniser's own special tokens around; left out when equal to <paramref name="Ids"/>.</param>
/// <param name="IdsPlain">Special tokens in the text stay text; left out when equal to <paramref name="Ids"/>.</param>
/// <param name="Decoded">The ids' text; left out when equal to the text.</param>
/// <param name="DecodedSkip">Without special tokens; left out when equal to <paramref name="Decoded"/>.</param>
/// <param name="Prefixes">The text of the first 1, 2, … ids; not for every case.</param>
public sealed record TokenizerCase(
    [property: JsonPropertyName("i")] int Index,
    [property: JsonPropertyName("ids")] IReadOnlyList<int> Ids,
    [property: JsonPropertyName("ids_with_special")] IReadOnlyList<int>? IdsWithSpecial,
    [property: JsonPropertyName("ids_plain")] IReadOnlyList<int>? IdsPlain,
    [property: JsonPropertyName("decoded")] string? Decoded,
    [property: JsonPropertyName("decoded_skip")] string? DecodedSkip,
    [property: JsonPropertyName("prefixes")] IReadOnlyList<string>? Prefixes)
{
    internal IEnumerable<TokenizerFailure> Check(ModelTokenizer tokenizer, string text)
    {
        var decoded = Decoded ?? text;
        IEnumerable<(string What, string Expected, string Actual)> parts =
        [
            ("ids", Join(Ids), Join(tokenizer.EncodeTemplate(text))),
            ("ids_with_special", Join(IdsWithSpecial ?? Ids), Join(tokenizer.EncodeWithSpecialTokens(text))),
            ("ids_plain", Join(IdsPlain ?? Ids), Join(tokenizer.Encode(text))),
            ("decoded", decoded, tokenizer.Decode(Ids, skipSpecial: false)),
            ("decoded_skip", DecodedSkip ?? decoded, tokenizer.Decode(Ids)),
            ("stream", decoded, Stream(tokenizer)),
            .. (Prefixes ?? []).Select((prefix, i) => ($"prefixes[{i}]", prefix, tokenizer.Decode(Ids.Take(i + 1), skipSpecial: false))),
        ];
        return parts.Where(part => part.Expected != part.Actual).Select(part => new TokenizerFailure(Index, part.What, part.Expected, part.Actual));
    }

    private static string Join(IEnumerable<int> ids) => string.Join(' ', ids);

    private string Stream(ModelTokenizer tokenizer)
    {
        var decoder = tokenizer.CreateDecoder(skipSpecial: false);
        return string.Concat(Ids.Select(decoder.Append).ToList()) + decoder.Flush();
    }
}
