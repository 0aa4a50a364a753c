namespace Pipeline.Models.Tokenization.Reading;

/// <summary>Reads which special tokens the tokeniser puts around a single text.</summary>
internal static class PostProcessorReader
{
    public static (IReadOnlyList<int> Prefix, IReadOnlyList<int> Suffix) Read(JsonSection section)
    {
        var prefix = new List<int>();
        var suffix = new List<int>();
        Read(section, prefix, suffix);
        return (prefix, suffix);
    }

    private static void Read(JsonSection section, List<int> prefix, List<int> suffix)
    {
        if (!section.Exists)
        {
            return;
        }

        var type = section.Type();
        switch (type)
        {
            case "ByteLevel":
                break; // Only trims offsets.
            case "Sequence":
                section.List("processors").ForEach(step => Read(step, prefix, suffix));
                break;
            case "TemplateProcessing":
                ReadTemplate(section, prefix, suffix);
                break;
            default:
                throw section.Unsupported($"the post-processor {type}");
        }
    }

    private static void ReadTemplate(JsonSection section, List<int> prefix, List<int> suffix)
    {
        var special = section.Section("special_tokens");
        var target = prefix;
        foreach (var piece in section.List("single"))
        {
            if (piece.Section("Sequence").Exists)
            {
                target = suffix;
                continue;
            }

            var token = piece.RequiredSection("SpecialToken");
            var name = token.String("id") ?? throw token.Missing("id");
            target.AddRange(special.RequiredSection(name).IntOrList("ids"));
        }
    }
}
