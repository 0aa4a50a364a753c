using System.Text;
using Pipeline.Models.Tokenization.Normalization;

namespace Pipeline.Models.Tokenization.Reading;

internal static class NormalizerReader
{
    public static TextNormalizer? Read(JsonSection section)
    {
        if (!section.Exists)
        {
            return null;
        }

        var type = section.Type();
        return type switch
        {
            "Sequence" => new SequenceNormalizer([.. section.List("normalizers").Select(Read).OfType<TextNormalizer>()]),
            "Prepend" => new PrependNormalizer(section.String("prepend") ?? throw section.Missing("prepend")),
            "Replace" => ReadReplace(section),
            "Strip" => new StripNormalizer(section.Bool("strip_left") ?? true, section.Bool("strip_right") ?? true),
            "Lowercase" => new LowercaseNormalizer(),
            "NFC" => new CanonicalNormalizer(NormalizationForm.FormC),
            "NFD" => new CanonicalNormalizer(NormalizationForm.FormD),
            "NFKC" => new CanonicalNormalizer(NormalizationForm.FormKC),
            "NFKD" => new CanonicalNormalizer(NormalizationForm.FormKD),
            _ => throw section.Unsupported($"the normaliser {type}"),
        };
    }

    private static TextNormalizer ReadReplace(JsonSection section)
    {
        var content = section.String("content") ?? throw section.Missing("content");
        var (literal, regex) = section.Pattern();
        return literal is not null ? new ReplaceNormalizer(literal, content) : new RegexReplaceNormalizer(PatternReader.Compile(section, regex!), content);
    }
}
