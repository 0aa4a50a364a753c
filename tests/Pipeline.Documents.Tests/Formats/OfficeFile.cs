using System.IO.Compression;
using System.Text;

namespace Pipeline.Documents.Tests.Formats;

/// <summary>Writes small Office packages (ECMA-376 part 2) from the XML of their parts.</summary>
internal static class OfficeFile
{
    private const string W = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
    private const string R = "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
    private const string S = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    private const string P = "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";
    private const string A = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"";
    private const string Types = "application/vnd.openxmlformats-officedocument.";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

    /// <summary>A DOCX with this body; numbering.xml where given.</summary>
    public static byte[] Word(string body, string? numbering = null) => Package(
        [
            ("word/document.xml", Types + "wordprocessingml.document.main+xml", $"<w:document {W} {R}><w:body>{body}</w:body></w:document>"),
            .. numbering is null
                ? Array.Empty<(string, string, string)>()
                : [("word/numbering.xml", Types + "wordprocessingml.numbering+xml", $"<w:numbering {W}>{numbering}</w:numbering>")],
        ],
        "word/document.xml",
        numbering is null ? [] : [("word/_rels/document.xml.rels", "numbering", "numbering.xml")]);

    /// <summary>An XLSX with one sheet of these rows; cell formats by index.</summary>
    public static byte[] Sheet(string rows, params string[] formats) => Workbook([("Data", rows)], formats);

    /// <summary>An XLSX with sheets named Sheet1, Sheet2 and so on.</summary>
    public static byte[] Sheets(IReadOnlyList<string> sheets, params string[] formats) => Workbook([.. sheets.Select((rows, i) => ($"Sheet{i + 1}", rows))], formats);

    /// <summary>A PPTX with these shapes on its slides.</summary>
    public static byte[] Slides(params string[] slides) => Package(
        [
            (
                "ppt/presentation.xml", Types + "presentationml.presentation.main+xml",
                $"<p:presentation {P} {R}><p:sldIdLst>{string.Concat(slides.Select((_, i) => $"<p:sldId id=\"{256 + i}\" r:id=\"rId{i + 1}\"/>"))}</p:sldIdLst></p:presentation>"),
            .. slides.Select((shapes, i) => (
                $"ppt/slides/slide{i + 1}.xml", Types + "presentationml.slide+xml",
                $"<p:sld {P} {A}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{shapes}</p:spTree></p:cSld></p:sld>")),
        ],
        "ppt/presentation.xml",
        [.. slides.Select((_, i) => ("ppt/_rels/presentation.xml.rels", "slide", $"slides/slide{i + 1}.xml"))]);

    /// <summary>A ZIP of these files.</summary>
    public static byte[] Zip(params (string Name, byte[] Bytes)[] files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in files)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Workbook((string Name, string Rows)[] sheets, string[] formats)
    {
        var own = string.Concat(formats.Select((format, i) => $"<numFmt numFmtId=\"{164 + i}\" formatCode=\"{System.Security.SecurityElement.Escape(format)}\"/>"));
        var cells = string.Concat(formats.Select((_, i) => $"<xf numFmtId=\"{164 + i}\"/>"));
        var names = string.Concat(sheets.Select((sheet, i) => $"<sheet name=\"{sheet.Name}\" sheetId=\"{i + 1}\" r:id=\"rId{i + 1}\"/>"));
        return Package(
            [
                ("xl/workbook.xml", Types + "spreadsheetml.sheet.main+xml", $"<workbook {S} {R}><sheets>{names}</sheets></workbook>"),
                .. sheets.Select((sheet, i) => ($"xl/worksheets/sheet{i + 1}.xml", Types + "spreadsheetml.worksheet+xml", $"<worksheet {S}><sheetData>{sheet.Rows}</sheetData></worksheet>")),
                ("xl/styles.xml", Types + "spreadsheetml.styles+xml", $"<styleSheet {S}><numFmts>{own}</numFmts><cellXfs>{cells}</cellXfs></styleSheet>"),
            ],
            "xl/workbook.xml",
            [.. sheets.Select((_, i) => ("xl/_rels/workbook.xml.rels", "worksheet", $"worksheets/sheet{i + 1}.xml")), ("xl/_rels/workbook.xml.rels", "styles", "styles.xml")]);
    }

    private static byte[] Package((string Path, string Type, string Xml)[] parts, string main, (string Path, string Type, string Target)[] relations)
    {
        var overrides = string.Concat(parts.Select(part => $"<Override PartName=\"/{part.Path}\" ContentType=\"{part.Type}\"/>"));
        var files = new List<(string, byte[])>
        {
            ("[Content_Types].xml", Encoding.UTF8.GetBytes(
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" "
                + $"ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>{overrides}</Types>")),
            ("_rels/.rels", RelationsFile([("officeDocument", main)])),
        };
        files.AddRange(relations.GroupBy(relation => relation.Path).Select(group => (group.Key, RelationsFile(group.Select(each => (each.Type, each.Target))))));
        files.AddRange(parts.Select(part => (part.Path, Encoding.UTF8.GetBytes(part.Xml))));
        return Zip([.. files]);
    }

    private static byte[] RelationsFile(IEnumerable<(string Type, string Target)> relations) => Encoding.UTF8.GetBytes(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
        + string.Concat(relations.Select((each, i) => $"<Relationship Id=\"rId{i + 1}\" Type=\"{Relations}{each.Type}\" Target=\"{each.Target}\"/>"))
        + "</Relationships>");
}
