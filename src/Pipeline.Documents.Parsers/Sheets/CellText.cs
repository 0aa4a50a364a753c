using System.Globalization;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Pipeline.Documents.Parsers.Sheets;

/// <summary>A cell's value as its reader sees it.</summary>
internal sealed class CellText(List<string> strings, CellStyles styles, bool from1904)
{
    public string Read(Cell cell)
    {
        var value = cell.CellValue?.Text;
        var type = cell.DataType?.Value;
        if (type == CellValues.InlineString)
        {
            return cell.InlineString is { } inline ? SharedStrings.TextOf(inline) : string.Empty;
        }

        if (string.IsNullOrEmpty(value))
        {
            // A formula that was never calculated has nothing to show but itself.
            return cell.CellFormula?.Text is { Length: > 0 } formula ? "=" + formula : string.Empty;
        }

        if (type == CellValues.SharedString)
        {
            return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < strings.Count ? strings[index] : string.Empty;
        }

        if (type == CellValues.Boolean)
        {
            return value == "1" ? "TRUE" : "FALSE";
        }

        var isNumber = type is null || type == CellValues.Number;
        return isNumber && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? NumberFormat.Format(number, styles.FormatOf(cell.StyleIndex?.Value), from1904)
            : value;
    }
}
