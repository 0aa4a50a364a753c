using System.IO.Compression;
using AngleSharp.Dom;
using Pipeline.Documents.Parsers.Building;
using Pipeline.Documents.Parsers.Html;
using Pipeline.Documents.Parsers.Limits;

namespace Pipeline.Documents.Parsers.Epub;

/// <summary>EPUB: the chapters of the spine in order, one page each.</summary>
internal sealed class EpubParser : IFormatParser
{
    public Tool Tool => Tool.Of(typeof(IDocument));

    public void Parse(DocumentSource source, ParseContext context, DocumentBuilder builder)
    {
        using var archive = ZipContents.Open(source.Bytes, context.Limits.Entries);
        var package = EpubPackage.Read(archive, context);
        foreach (var chapter in package.Chapters)
        {
            builder.StartPage(Path.GetFileNameWithoutExtension(chapter));
            AddChapter(archive, chapter, package, context, builder);
        }
    }

    private static void AddChapter(ZipArchive archive, string chapter, EpubPackage package, ParseContext context, DocumentBuilder builder)
    {
        if (package.Encrypted.Contains(chapter))
        {
            builder.EndPage(PageOutcome.Failed, "The chapter is encrypted (rights management).");
            return;
        }

        if (archive.GetEntry(chapter) is not { } entry)
        {
            builder.EndPage(PageOutcome.Failed, $"The book has no file {chapter}.");
            return;
        }

        try
        {
            HtmlText.Add(HtmlDecoder.Decode(ZipContents.Read(entry, context.Inflation)).Text, context, builder, withTitle: false);
        }
        catch (InvalidDataException e)
        {
            builder.EndPage(PageOutcome.Failed, e.Message);
            return;
        }

        builder.EndPage(builder.PageHasText ? PageOutcome.Ok : PageOutcome.Empty);
    }
}
