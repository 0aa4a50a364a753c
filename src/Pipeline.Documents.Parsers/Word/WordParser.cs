using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using Pipeline.Documents.Parsers.Building;
using Pipeline.Documents.Parsers.Limits;

namespace Pipeline.Documents.Parsers.Word;

/// <summary>DOCX: headers, body, footers, then notes. Pages are the reader's own, so the document is one page.</summary>
internal sealed class WordParser : IFormatParser
{
    public Tool Tool => Tool.Of(typeof(WordprocessingDocument));

    public void Parse(DocumentSource source, ParseContext context, DocumentBuilder builder)
    {
        ZipContents.CheckPackage(source.Bytes, context);
        using var stream = new MemoryStream(source.Bytes, writable: false);
        using var document = WordprocessingDocument.Open(stream, isEditable: false, new OpenSettings { AutoSave = false });
        var main = document.MainDocumentPart ?? throw ParseRefusal.Corrupt("The package has no main document.");
        var body = main.Document?.Body ?? throw ParseRefusal.Corrupt("The main document has no body.");

        builder.StartPage();
        var walker = new WordWalker(builder, new WordStyles(main), new WordNumbering(main));
        AddMargins(main.HeaderParts.Select(part => (OpenXmlElement?)part.Header), walker, builder);
        walker.Add(body);
        AddMargins(main.FooterParts.Select(part => (OpenXmlElement?)part.Footer), walker, builder);
        AddNotes(main.FootnotesPart?.Footnotes?.Elements<Footnote>(), walker);
        AddNotes(main.EndnotesPart?.Endnotes?.Elements<Endnote>(), walker);
        builder.EndPage();
    }

    /// <summary>Headers or footers, those of the same text once.</summary>
    private static void AddMargins(IEnumerable<OpenXmlElement?> margins, WordWalker walker, DocumentBuilder builder)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var margin in margins.OfType<OpenXmlElement>().Where(margin => seen.Add(margin.InnerText.Trim())))
        {
            walker.Add(margin);
        }
    }

    /// <summary>Notes by their number in the text; separators have a type and are none.</summary>
    private static void AddNotes(IEnumerable<FootnoteEndnoteType>? notes, WordWalker walker)
    {
        foreach (var note in notes ?? [])
        {
            if (note.Type is null || note.Type.Value == FootnoteEndnoteValues.Normal)
            {
                walker.AddNote(note);
            }
        }
    }
}
