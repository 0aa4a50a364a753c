using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Pipeline.Documents.Parsers.Building;
using Pipeline.Documents.Parsers.Slides;
using Drawing = DocumentFormat.OpenXml.Drawing;

namespace Pipeline.Documents.Parsers.Sheets;

/// <summary>Adds what lies over a sheet's cells: notes with their cell's address, text boxes and charts.</summary>
internal static class SheetNotes
{
    public static void Add(WorksheetPart part, DocumentBuilder builder)
    {
        foreach (var comment in part.WorksheetCommentsPart?.Comments?.CommentList?.Elements<Comment>() ?? [])
        {
            if (comment.CommentText is { } text)
            {
                builder.ListItem($"[{comment.Reference?.Value}] {SharedStrings.TextOf(text)}");
            }
        }

        foreach (var paragraph in part.DrawingsPart?.WorksheetDrawing?.Descendants<Drawing.Paragraph>() ?? [])
        {
            builder.Paragraph(SlideText.Read(paragraph));
        }

        foreach (var chart in part.DrawingsPart?.ChartParts ?? [])
        {
            if (chart.ChartSpace is { } space)
            {
                ChartText.Add(space, builder);
            }
        }
    }
}
