using System.Globalization;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Pipeline.Documents.Parsers.Word;

/// <summary>The numbers and bullets that a reader shows before paragraphs (ECMA-376 part 1, 17.9): they are counted, not stored.</summary>
internal sealed class WordNumbering
{
    private const int Levels = 9;
    private readonly Dictionary<int, AbstractNum> definitions = [];
    private readonly Dictionary<int, NumberingInstance> instances = [];
    private readonly Dictionary<int, int[]> counters = [];

    public WordNumbering(MainDocumentPart main)
    {
        var numbering = main.NumberingDefinitionsPart?.Numbering;
        foreach (var definition in numbering?.Elements<AbstractNum>() ?? [])
        {
            definitions.TryAdd(definition.AbstractNumberId?.Value ?? -1, definition);
        }

        foreach (var instance in numbering?.Elements<NumberingInstance>() ?? [])
        {
            instances.TryAdd(instance.NumberID?.Value ?? -1, instance);
        }
    }

    /// <summary>The mark before a paragraph; null where it has none. Counts, so it is asked once for each paragraph in order.</summary>
    public string? Mark(Paragraph paragraph, WordStyles styles)
    {
        if (styles.Numbering(paragraph) is not { Number: > 0, Level: >= 0 and < Levels } numbered
            || !instances.TryGetValue(numbered.Number, out var instance)
            || !definitions.TryGetValue(instance.AbstractNumId?.Val?.Value ?? -1, out var definition)
            || LevelOf(definition, instance, numbered.Level) is not { } level)
        {
            return null;
        }

        var format = level.NumberingFormat?.Val?.Value ?? NumberFormatValues.Decimal;
        if (format == NumberFormatValues.Bullet)
        {
            return "-";
        }

        if (format == NumberFormatValues.None)
        {
            return null;
        }

        Count(definition, instance, numbered.Level);
        return Format(level.LevelText?.Val?.Value ?? string.Empty, definition, instance);
    }

    private static Level? LevelOf(AbstractNum definition, NumberingInstance instance, int index)
    {
        var own = instance.Elements<LevelOverride>().FirstOrDefault(each => each.LevelIndex?.Value == index)?.Level;
        return own ?? definition.Elements<Level>().FirstOrDefault(level => level.LevelIndex?.Value == index);
    }

    private void Count(AbstractNum definition, NumberingInstance instance, int index)
    {
        var list = definition.AbstractNumberId?.Value ?? -1;
        if (!counters.TryGetValue(list, out var counts))
        {
            counters[list] = counts = new int[Levels];
            Array.Fill(counts, int.MinValue);
        }

        for (var level = 0; level <= index; level++)
        {
            counts[level] = (counts[level], level == index) switch
            {
                (int.MinValue, _) => Start(definition, instance, level),
                (var count, true) => count + 1,
                (var count, false) => count,
            };
        }

        Array.Fill(counts, int.MinValue, index + 1, Levels - index - 1);
    }

    private static int Start(AbstractNum definition, NumberingInstance instance, int index) =>
        instance.Elements<LevelOverride>().FirstOrDefault(each => each.LevelIndex?.Value == index)?.StartOverrideNumberingValue?.Val?.Value
        ?? LevelOf(definition, instance, index)?.StartNumberingValue?.Val?.Value
        ?? 1;

    private string? Format(string pattern, AbstractNum definition, NumberingInstance instance)
    {
        var counts = counters[definition.AbstractNumberId?.Value ?? -1];
        for (var level = 0; level < Levels; level++)
        {
            var place = "%" + (level + 1).ToString(CultureInfo.InvariantCulture);
            if (pattern.Contains(place, StringComparison.Ordinal))
            {
                var format = LevelOf(definition, instance, level)?.NumberingFormat?.Val?.Value ?? NumberFormatValues.Decimal;
                var count = counts[level] == int.MinValue ? 1 : counts[level];
                pattern = pattern.Replace(place, WordNumberFormat.Format(count, format), StringComparison.Ordinal);
            }
        }

        return pattern.Trim() is { Length: > 0 } mark ? mark : null;
    }
}
