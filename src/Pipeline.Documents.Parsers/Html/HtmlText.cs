using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Pipeline.Documents.Parsers.Building;

namespace Pipeline.Documents.Parsers.Html;

/// <summary>Adds the text of an HTML page to a document.</summary>
internal static class HtmlText
{
    /// <summary>Browsers nest elements up to this depth, twice what packages may.</summary>
    private const int DepthFactor = 2;

    /// <summary>The main element must hold this share of the letters to stand for the page.</summary>
    private const double MainShare = 0.3;

    /// <exception cref="ParseRefusal">Too large: elements nest too deeply.</exception>
    public static void Add(string html, ParseContext context, DocumentBuilder builder, bool withTitle)
    {
        var deepest = context.Limits.NestingDepth * DepthFactor;
        if (HtmlDepth.Estimate(html, deepest) > deepest)
        {
            throw ParseRefusal.TooLarge($"The page nests elements more than {deepest} deep. Raise MaxNestingDepth if the file is trusted.");
        }

        using var document = new AngleSharp.Html.Parser.HtmlParser(new AngleSharp.Html.Parser.HtmlParserOptions { IsScripting = false }).ParseDocument(html);
        if (document.Body is not { } body)
        {
            return;
        }

        if (withTitle && document.Title is { Length: > 0 } title && !IsFirstHeading(title, body))
        {
            builder.Heading(title, 1);
        }

        var walker = new HtmlWalker(builder);
        var main = MainElement(body);
        if (main is not null)
        {
            builder.Warn("Only the page's main element was read; what is around it (menus, banners) was left out.");
        }

        walker.Add(main ?? body);
    }

    private static bool IsFirstHeading(string title, IElement body) =>
        string.Equals(body.QuerySelector("h1")?.TextContent.Trim(), title.Trim(), StringComparison.Ordinal);

    private static IElement? MainElement(IHtmlElement body)
    {
        var candidates = body.QuerySelectorAll("main, [role=main]");
        if (candidates.Length != 1)
        {
            return null;
        }

        return candidates[0].TextContent.Length >= MainShare * Letters(body) ? candidates[0] : null;
    }

    /// <summary>Length of the body's text without scripts and styles.</summary>
    private static int Letters(IHtmlElement body) =>
        body.TextContent.Length - body.QuerySelectorAll("script, style").Sum(element => element.TextContent.Length);
}
