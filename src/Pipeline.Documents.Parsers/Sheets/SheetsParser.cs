using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Pipeline.Documents.Parsers.Building;
using Pipeline.Documents.Parsers.Limits;

namespace Pipeline.Documents.Parsers.Sheets;

/// <summary>XLSX: sheets in order, one page each, rows with their values as shown.</summary>
internal sealed class SheetsParser : IFormatParser
{
    public Tool Tool => Tool.Of(typeof(SpreadsheetDocument));

    public void Parse(DocumentSource source, ParseContext context, DocumentBuilder builder)
    {
        ZipContents.CheckPackage(source.Bytes, context);
        using var stream = new MemoryStream(source.Bytes, writable: false);
        using var document = SpreadsheetDocument.Open(stream, isEditable: false, new OpenSettings { AutoSave = false });
        var workbook = document.WorkbookPart ?? throw ParseRefusal.Corrupt("The package has no workbook.");
        var cells = new CellText(
            SharedStrings.Read(workbook.SharedStringTablePart),
            new CellStyles(workbook.WorkbookStylesPart?.Stylesheet),
            workbook.Workbook?.WorkbookProperties?.Date1904?.Value ?? false);
        foreach (var sheet in workbook.Workbook?.Sheets?.Elements<Sheet>() ?? [])
        {
            AddSheet(sheet, workbook, cells, builder);
        }
    }

    private static void AddSheet(Sheet sheet, WorkbookPart workbook, CellText cells, DocumentBuilder builder)
    {
        var name = sheet.Name?.Value ?? "Sheet";
        builder.StartPage(name);
        if (sheet.State?.Value is { } state && state != SheetStateValues.Visible)
        {
            builder.Warn($"Sheet \"{name}\" is hidden; it was read all the same.");
        }

        var part = sheet.Id?.Value is { } id && workbook.TryGetPartById(id, out var found) ? found : null;
        if (part is null)
        {
            builder.EndPage(PageOutcome.Failed, "The sheet's part is missing.");
            return;
        }

        builder.Heading(name, 1);
        if (part is WorksheetPart worksheet)
        {
            SheetRows.Add(worksheet, cells, builder);
            SheetNotes.Add(worksheet, builder);
        }

        builder.EndPage();
    }
}
