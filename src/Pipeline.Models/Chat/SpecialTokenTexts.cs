using Pipeline.Models.Jinja;

namespace Pipeline.Models.Chat;

/// <summary>The special tokens that chat templates name (<c>bos_token</c>, <c>eos_token</c> …), from the tokeniser's configuration files.</summary>
internal static class SpecialTokenTexts
{
    private static readonly string[] Names = ["bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"];
    private static readonly string[] Files = ["special_tokens_map.json", "tokenizer_config.json"];

    public static JinjaMap Read(string folder)
    {
        var texts = new JinjaMap();
        foreach (var path in Files.Select(file => Path.Combine(folder, file)).Where(File.Exists))
        {
            using var document = JsonFile.ReadObject(path);
            var section = new JsonSection(path, "", document.RootElement);
            foreach (var name in Names)
            {
                // A string, or an object with the token's text and flags.
                if (section.TryGet(name, out var value))
                {
                    texts[name] = value.ValueKind == System.Text.Json.JsonValueKind.Object ? section.Section(name).String("content") : section.String(name);
                }
            }
        }

        return texts;
    }
}
