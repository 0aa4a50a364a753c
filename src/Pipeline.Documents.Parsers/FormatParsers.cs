using Pipeline.Documents.Parsers.Archives;
using Pipeline.Documents.Parsers.Email;
using Pipeline.Documents.Parsers.Epub;
using Pipeline.Documents.Parsers.Html;
using Pipeline.Documents.Parsers.Pdf;
using Pipeline.Documents.Parsers.PlainText;
using Pipeline.Documents.Parsers.Sheets;
using Pipeline.Documents.Parsers.Slides;
using Pipeline.Documents.Parsers.Word;

namespace Pipeline.Documents.Parsers;

/// <summary>The parser of each format.</summary>
internal static class FormatParsers
{
    /// <exception cref="ParseRefusal">Unsupported; the message says what to do.</exception>
    public static IFormatParser For(string mediaType, DocumentSource source) => mediaType switch
    {
        MediaTypes.Pdf => new PdfParser(),
        MediaTypes.Docx => new WordParser(),
        MediaTypes.Pptx => new SlidesParser(),
        MediaTypes.Xlsx => new SheetsParser(),
        MediaTypes.Html => new HtmlParser(),
        MediaTypes.Email => new EmailParser(),
        MediaTypes.Epub => new EpubParser(),
        MediaTypes.Zip => new ZipParser(),
        MediaTypes.Text => new PlainTextParser(PlainTextKind.Text),
        MediaTypes.Markdown => new PlainTextParser(PlainTextKind.Markdown),
        MediaTypes.Csv => new PlainTextParser(PlainTextKind.Csv),
        MediaTypes.Word97 => throw Legacy("a Word 97-2003 document", "docx or PDF"),
        MediaTypes.Excel97 => throw Legacy("an Excel 97-2003 workbook", "xlsx"),
        MediaTypes.PowerPoint97 => throw Legacy("a PowerPoint 97-2003 presentation", "pptx or PDF"),
        MediaTypes.Outlook => throw Legacy("an Outlook message", "eml"),
        MediaTypes.Rtf => throw Legacy("Rich Text Format", "docx"),
        _ => throw ParseRefusal.Unsupported($"{source.Name} is {mediaType}, which is not read. Convert it to PDF, DOCX, HTML or text."),
    };

    private static ParseRefusal Legacy(string what, string saveAs) =>
        ParseRefusal.Unsupported($"The file is {what}, which is not read. Save it as {saveAs}.");
}
