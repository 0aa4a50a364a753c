using DocumentFormat.OpenXml.Spreadsheet;

namespace Pipeline.Documents.Parsers.Sheets;

/// <summary>The number format of each cell style: the file's own, or one of those every program knows (ECMA-376 part 1, 18.8.30).</summary>
internal sealed class CellStyles
{
    private const string General = "General";

    private static readonly Dictionary<uint, string> BuiltIn = new()
    {
        [1] = "0",
        [2] = "0.00",
        [3] = "#,##0",
        [4] = "#,##0.00",
        [5] = "$#,##0;($#,##0)",
        [6] = "$#,##0;($#,##0)",
        [7] = "$#,##0.00;($#,##0.00)",
        [8] = "$#,##0.00;($#,##0.00)",
        [9] = "0%",
        [10] = "0.00%",
        [11] = "0.00E+00",
        [14] = "yyyy-mm-dd",
        [15] = "d-mmm-yy",
        [16] = "d-mmm",
        [17] = "mmm-yy",
        [18] = "h:mm AM/PM",
        [19] = "h:mm:ss AM/PM",
        [20] = "h:mm",
        [21] = "h:mm:ss",
        [22] = "yyyy-mm-dd h:mm",
        [37] = "#,##0;(#,##0)",
        [38] = "#,##0;(#,##0)",
        [39] = "#,##0.00;(#,##0.00)",
        [40] = "#,##0.00;(#,##0.00)",
        [45] = "mm:ss",
        [46] = "[h]:mm:ss",
        [47] = "mm:ss.0",
        [48] = "##0.0E+0",
        [49] = "@",
    };

    private readonly string[] formats;

    public CellStyles(Stylesheet? stylesheet)
    {
        var own = new Dictionary<uint, string>();
        foreach (var format in stylesheet?.NumberingFormats?.Elements<NumberingFormat>() ?? [])
        {
            own[format.NumberFormatId?.Value ?? 0] = format.FormatCode?.Value ?? General;
        }

        formats = stylesheet?.CellFormats?.Elements<CellFormat>()
            .Select(format => format.NumberFormatId?.Value ?? 0)
            .Select(id => own.GetValueOrDefault(id) ?? BuiltIn.GetValueOrDefault(id) ?? General)
            .ToArray() ?? [];
    }

    /// <summary>The format of a style index; General where there is none.</summary>
    public string FormatOf(uint? style) => style is { } index && index < formats.Length ? formats[index] : General;
}
