using System.Text.Json;
using Pipeline.Models.Tokenization.Bpe;

namespace Pipeline.Models.Tokenization.Reading;

internal static class BpeReader
{
    public static Dictionary<string, int> ReadTokens(JsonSection model)
    {
        // Files older than the "type" key are byte-pair encodings if they have merges.
        var type = model.String("type") ?? (model.TryGet("merges", out _) ? "BPE" : throw model.Missing("type"));
        if (type != "BPE")
        {
            throw model.Unsupported($"the tokeniser model {type}");
        }

        var vocab = model.RequiredSection("vocab");
        var tokens = new Dictionary<string, int>(StringComparer.Ordinal);
        var used = new HashSet<int>();
        foreach (var token in vocab.Element.EnumerateObject())
        {
            if (token.Value.ValueKind != JsonValueKind.Number || !token.Value.TryGetInt32(out var id) || id < 0)
            {
                throw vocab.Wrong(token.Name, "a token id");
            }

            if (token.Name.Length == 0 || !used.Add(id) || !tokens.TryAdd(token.Name, id))
            {
                throw vocab.Wrong(token.Name, "a token of its own with an id of its own");
            }
        }

        return tokens.Count > 0 ? tokens : throw model.Wrong("vocab", "a vocabulary with tokens");
    }

    public static BpeModel Read(JsonSection model, Dictionary<string, int> tokens, Dictionary<int, string> byId, bool byteLevel)
    {
        foreach (var key in (ReadOnlySpan<string>)["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (!string.IsNullOrEmpty(model.String(key)))
            {
                throw model.Unsupported($"\"{key}\"");
            }
        }

        if (model.Double("dropout") is > 0)
        {
            throw model.Unsupported("\"dropout\" (random ids)");
        }

        var vocabulary = new BpeVocabulary(tokens, ReadMerges(model, tokens));
        var options = new BpeOptions
        {
            ByteLevel = byteLevel,
            IgnoreMerges = model.Bool("ignore_merges") ?? false,
            ByteFallback = model.Bool("byte_fallback") ?? false,
            FuseUnknown = model.Bool("fuse_unk") ?? false,
            UnknownToken = model.String("unk_token"),
        };
        return new BpeModel(vocabulary, options, byId);
    }

    private static Dictionary<ulong, BpeMerge> ReadMerges(JsonSection model, Dictionary<string, int> tokens)
    {
        if (!model.TryGet("merges", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            throw model.Wrong("merges", "a list");
        }

        var merges = new Dictionary<ulong, BpeMerge>(list.GetArrayLength());
        var rank = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (!TryReadPair(item, out var left, out var right))
            {
                throw model.Wrong($"merges[{rank}]", "two tokens");
            }

            if (!tokens.TryGetValue(left, out var leftId) || !tokens.TryGetValue(right, out var rightId) || !tokens.TryGetValue(left + right, out var id))
            {
                throw model.Wrong($"merges[{rank}]", "two tokens of the vocabulary that together are a token of it");
            }

            merges[BpeVocabulary.PairKey(leftId, rightId)] = new BpeMerge(rank++, id);
        }

        return merges;
    }

    // ["a", "b"] since tokenizers 0.20, "a b" before.
    private static bool TryReadPair(JsonElement item, out string left, out string right)
    {
        (left, right) = ("", "");
        if (item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2 && item[0].ValueKind == JsonValueKind.String && item[1].ValueKind == JsonValueKind.String)
        {
            (left, right) = (item[0].GetString()!, item[1].GetString()!);
        }
        else if (item.ValueKind == JsonValueKind.String && item.GetString()!.Split(' ') is [var first, var second])
        {
            (left, right) = (first, second);
        }

        return left.Length > 0 && right.Length > 0;
    }
}
