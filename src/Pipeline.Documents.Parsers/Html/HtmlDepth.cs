using System.Collections.Frozen;

namespace Pipeline.Documents.Parsers.Html;

/// <summary>
/// Estimates how deep elements nest before the library builds its tree, which takes more than quadratic time in the depth. Only elements
/// that stay open until they are closed are counted.
/// </summary>
internal static class HtmlDepth
{
    private static readonly FrozenSet<string> Nesting = new[]
    {
        "div", "span", "table", "ul", "ol", "dl", "blockquote", "section", "article", "aside", "main", "header", "footer", "nav", "form",
        "fieldset", "details", "figure", "center", "b", "i", "u", "s", "em", "strong", "font", "small", "big", "tt", "code", "a", "nobr",
        "sub", "sup", "q", "cite", "label", "svg", "g", "math", "mrow", "object", "template", "noscript", "bdo", "bdi", "ins", "del", "abbr", "button", "select",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The deepest nesting in a text, or the first depth beyond the limit.</summary>
    public static int Estimate(string html, int limit)
    {
        var names = Nesting.GetAlternateLookup<ReadOnlySpan<char>>();
        var depth = 0;
        var deepest = 0;
        for (var i = html.IndexOf('<', StringComparison.Ordinal); i >= 0 && i + 1 < html.Length && deepest <= limit; i = html.IndexOf('<', i + 1))
        {
            var closes = html[i + 1] == '/';
            var start = closes ? i + 2 : i + 1;
            var end = start;
            while (end < html.Length && end - start < 12 && char.IsAsciiLetterOrDigit(html[end]))
            {
                end++;
            }

            if (names.Contains(html.AsSpan(start, end - start)))
            {
                depth = closes ? Math.Max(0, depth - 1) : depth + 1;
                deepest = Math.Max(deepest, depth);
            }
        }

        return deepest;
    }
}
