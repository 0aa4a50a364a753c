using System.Text;
using Pipeline.Models.Tokenization.PreTokenization;

namespace Pipeline.Models.Tokenization.Reading;

internal static class PreTokenizerReader
{
    // GPT-2's pattern, which ByteLevel brings with it.
    private const string ByteLevelPattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public static (PreTokenizer? Splitter, bool IsByteLevel) Read(JsonSection section)
    {
        if (!section.Exists)
        {
            return (null, false);
        }

        var steps = new List<PreTokenizer>();
        var isByteLevel = false;
        foreach (var step in Flatten(section))
        {
            if (isByteLevel)
            {
                throw step.Unsupported("a step after ByteLevel");
            }

            isByteLevel = step.Type() == "ByteLevel";
            steps.AddRange(ReadStep(step));
        }

        return (steps.Count == 1 ? steps[0] : new SequencePreTokenizer(steps), isByteLevel);
    }

    private static IEnumerable<JsonSection> Flatten(JsonSection section) =>
        section.Type() == "Sequence" ? section.List("pretokenizers").SelectMany(Flatten) : [section];

    private static IEnumerable<PreTokenizer> ReadStep(JsonSection step)
    {
        var type = step.Type();
        return type switch
        {
            "ByteLevel" => ReadByteLevel(step),
            "Split" => [ReadSplit(step)],
            "Digits" => [new CategorySplit(CategorySplit.IsNumeric, step.Bool("individual_digits") ?? false ? SplitBehavior.Isolated : SplitBehavior.Contiguous)],
            "Punctuation" => [new CategorySplit(CategorySplit.IsPunctuation, ReadBehavior(step, SplitBehavior.Isolated))],
            "WhitespaceSplit" => [new CategorySplit(Rune.IsWhiteSpace, SplitBehavior.Removed)],
            "Whitespace" => [new RegexSplit(PatternReader.CompileTrusted(@"\w+|[^\w\s]+"), SplitBehavior.Removed, invert: true)],
            "Metaspace" => [ReadMetaspace(step)],
            _ => throw step.Unsupported($"the pre-tokeniser {type}"),
        };
    }

    private static IEnumerable<PreTokenizer> ReadByteLevel(JsonSection step)
    {
        if (step.Bool("add_prefix_space") ?? true)
        {
            yield return new PrefixSpace();
        }

        if (step.Bool("use_regex") ?? true)
        {
            yield return new RegexSplit(PatternReader.CompileTrusted(ByteLevelPattern), SplitBehavior.Isolated, invert: false);
        }
    }

    private static PreTokenizer ReadSplit(JsonSection step)
    {
        var behavior = ReadBehavior(step, null);
        var invert = step.Bool("invert") ?? false;
        var (literal, regex) = step.Pattern();
        return literal is not null
            ? new LiteralSplit(literal, behavior, invert)
            : new RegexSplit(PatternReader.Compile(step, regex!), behavior, invert);
    }

    private static SplitBehavior ReadBehavior(JsonSection step, SplitBehavior? whenAbsent) => step.String("behavior") switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        null when whenAbsent is { } behavior => behavior,
        _ => throw step.Wrong("behavior", "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous"),
    };

    private static MetaspaceSplit ReadMetaspace(JsonSection step) => new(ReadMark(step), ReadScheme(step), step.Bool("split") ?? true);

    internal static char ReadMark(JsonSection step) =>
        (step.String("replacement") ?? "\u2581") is [var mark] ? mark : throw step.Wrong("replacement", "one character");

    // Files before tokenizers 0.15 have add_prefix_space instead of prepend_scheme.
    internal static PrependScheme ReadScheme(JsonSection step) => step.String("prepend_scheme") switch
    {
        "always" => PrependScheme.Always,
        "first" => PrependScheme.First,
        "never" => PrependScheme.Never,
        null => step.Bool("add_prefix_space") ?? true ? PrependScheme.Always : PrependScheme.Never,
        _ => throw step.Wrong("prepend_scheme", "always, first or never"),
    };
}
