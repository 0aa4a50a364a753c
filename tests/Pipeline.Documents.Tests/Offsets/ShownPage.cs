using FsCheck;
using FsCheck.Fluent;

namespace Pipeline.Documents.Tests.Offsets;

/// <summary>A page as a reader sees it: paragraphs of sentences.</summary>
internal sealed record ShownPage(IReadOnlyList<IReadOnlyList<string>> Paragraphs)
{
    private static readonly string[] Latin = ["agreement", "rent", "für", "señal", "Café", "12.50", "R&D", "x<y", "\"quoted\"", "(aside)", "naïve,", "2024", "section;", "owner's"];
    private static readonly string[] AnyScript = [.. Latin, "条款", "договор", "😀", "𠮷野", "e\u0301tat", "한국어"];

    public IEnumerable<string> Sentences => Paragraphs.SelectMany(paragraph => paragraph);

    /// <summary>One to four pages.</summary>
    /// <param name="anyScript">Words of all scripts and planes, or only what the standard fonts of PDF hold.</param>
    public static Gen<ShownPage[]> Pages(bool anyScript)
    {
        var words = Gen.Elements(anyScript ? AnyScript : Latin).NonEmptyListOf();
        var sentences =
            from first in Gen.Elements("The", "Every", "No", "Tenants")
            from rest in words
            from end in Gen.Elements(".", "!", "?")
            select $"{first} {string.Join(' ', rest.Take(9))} ends{end}";
        var paragraphs = sentences.NonEmptyListOf().Select(some => (IReadOnlyList<string>)[.. some.Take(4)]);
        var pages = paragraphs.NonEmptyListOf().Select(some => new ShownPage([.. some.Take(4)]));
        return pages.NonEmptyListOf().Select(some => some.Take(4).ToArray());
    }
}
