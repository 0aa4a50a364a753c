using System.Globalization;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Pipeline.Documents.Parsers.Word;

/// <summary>What a paragraph's style says about headings and numbering, inherited styles included.</summary>
internal sealed class WordStyles
{
    private const int DeepestInheritance = 20;
    private readonly Dictionary<string, Style> styles = new(StringComparer.Ordinal);

    public WordStyles(MainDocumentPart main)
    {
        foreach (var style in main.StyleDefinitionsPart?.Styles?.Elements<Style>() ?? [])
        {
            if (style.StyleId?.Value is { } id)
            {
                styles.TryAdd(id, style);
            }
        }
    }

    /// <summary>1 for the highest heading; null for other paragraphs.</summary>
    public int? HeadingLevel(Paragraph paragraph)
    {
        const int bodyText = 9;
        var properties = paragraph.ParagraphProperties;
        if (properties?.OutlineLevel?.Val?.Value is { } own)
        {
            return own < bodyText ? own + 1 : null;
        }

        foreach (var style in Chain(properties?.ParagraphStyleId?.Val?.Value))
        {
            if (style.StyleParagraphProperties?.OutlineLevel?.Val?.Value is { } level)
            {
                return level < bodyText ? level + 1 : null;
            }

            if (ByName(style.StyleName?.Val?.Value) is { } named)
            {
                return named;
            }
        }

        return null;
    }

    /// <summary>The numbering of a paragraph: its own or its style's.</summary>
    public (int Number, int Level)? Numbering(Paragraph paragraph)
    {
        var properties = paragraph.ParagraphProperties;
        if (properties?.NumberingProperties is { NumberingId.Val.Value: var number } own)
        {
            return (number, own.NumberingLevelReference?.Val?.Value ?? 0);
        }

        foreach (var style in Chain(properties?.ParagraphStyleId?.Val?.Value))
        {
            if (style.StyleParagraphProperties?.NumberingProperties is { NumberingId.Val.Value: var inherited } numbering)
            {
                return (inherited, numbering.NumberingLevelReference?.Val?.Value ?? 0);
            }
        }

        return null;
    }

    private IEnumerable<Style> Chain(string? id)
    {
        for (var i = 0; i < DeepestInheritance && id is not null && styles.TryGetValue(id, out var style); i++)
        {
            yield return style;
            id = style.BasedOn?.Val?.Value;
        }
    }

    private static int? ByName(string? name)
    {
        if (string.Equals(name, "Title", StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        return name?.StartsWith("heading ", StringComparison.OrdinalIgnoreCase) is true
            && int.TryParse(name.AsSpan(8), NumberStyles.None, CultureInfo.InvariantCulture, out var level) && level is >= 1 and <= 9
            ? level
            : null;
    }
}
