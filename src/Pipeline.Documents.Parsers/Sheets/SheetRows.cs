using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Pipeline.Documents.Parsers.Building;

namespace Pipeline.Documents.Parsers.Sheets;

/// <summary>Adds a sheet's rows, read as a stream: a sheet's size is the file's affair, not this process's.</summary>
internal static class SheetRows
{
    /// <summary>Empty cells between two values are kept up to here, so that columns stay recognisable without a hostile row growing.</summary>
    private const int MostEmpty = 64;

    public static void Add(WorksheetPart part, CellText cells, DocumentBuilder builder)
    {
        using var reader = OpenXmlReader.Create(part);
        while (reader.Read())
        {
            if (reader.ElementType == typeof(Row) && reader.IsStartElement && reader.LoadCurrentElement() is Row row)
            {
                AddRow(row, cells, builder);
            }
        }
    }

    private static void AddRow(Row row, CellText cells, DocumentBuilder builder)
    {
        var values = new List<string>();
        var column = 0;
        foreach (var cell in row.Elements<Cell>())
        {
            var place = ColumnOf(cell.CellReference?.Value) ?? column;
            for (var empty = Math.Min(MostEmpty, place - column); empty > 0; empty--)
            {
                values.Add(string.Empty);
            }

            values.Add(cells.Read(cell));
            column = place + 1;
        }

        builder.Row(values);
    }

    /// <summary>The column of an address such as <c>AB12</c>, counted from 0.</summary>
    private static int? ColumnOf(string? reference)
    {
        const int letters = 26;
        const int mostColumns = 16_384;
        var column = 0;
        foreach (var c in reference ?? string.Empty)
        {
            if (!char.IsAsciiLetterUpper(c))
            {
                break;
            }

            column = (column * letters) + (c - 'A' + 1);
            if (column > mostColumns)
            {
                return null;
            }
        }

        return column == 0 ? null : column - 1;
    }
}
