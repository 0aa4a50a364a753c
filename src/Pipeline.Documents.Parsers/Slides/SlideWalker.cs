using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Drawing.Charts;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Presentation;
using Pipeline.Documents.Parsers.Building;
using Drawing = DocumentFormat.OpenXml.Drawing;
using Shape = DocumentFormat.OpenXml.Presentation.Shape;

namespace Pipeline.Documents.Parsers.Slides;

/// <summary>Adds the shapes of a slide: the title first, then text, tables, charts and diagrams in the slide's order.</summary>
internal sealed class SlideWalker(DocumentBuilder builder, OpenXmlPart part)
{
    public void Add(ShapeTree shapes)
    {
        var title = shapes.Descendants<Shape>().FirstOrDefault(IsTitle);
        if (title is not null)
        {
            builder.Heading(string.Join('\n', Paragraphs(title.TextBody)), 1);
        }

        Walk(shapes, title);
    }

    /// <summary>Speaker notes; the slide's picture and page numbers on the notes page are left out.</summary>
    public void AddNotes(ShapeTree shapes)
    {
        foreach (var shape in shapes.Descendants<Shape>().Where(shape => Placeholder(shape)?.Type?.Value is { } type && type == PlaceholderValues.Body))
        {
            foreach (var paragraph in Paragraphs(shape.TextBody))
            {
                builder.Paragraph(paragraph);
            }
        }
    }

    private void Walk(OpenXmlElement container, Shape? title)
    {
        foreach (var element in container.ChildElements)
        {
            switch (element)
            {
                case Shape shape when shape == title || IsPageFurniture(shape):
                    break;
                case Shape shape:
                    AddText(shape);
                    break;
                case GraphicFrame frame:
                    AddFrame(frame);
                    break;
                case AlternateContent alternate:
                    Walk((OpenXmlElement?)alternate.GetFirstChild<AlternateContentChoice>() ?? alternate, title);
                    break;
                default:
                    if (element.HasChildren)
                    {
                        Walk(element, title);
                    }

                    break;
            }
        }
    }

    private void AddText(Shape shape)
    {
        var isList = Placeholder(shape) is not null;
        foreach (var paragraph in Paragraphs(shape.TextBody))
        {
            if (isList)
            {
                builder.ListItem(paragraph);
            }
            else
            {
                builder.Paragraph(paragraph);
            }
        }
    }

    private void AddFrame(GraphicFrame frame)
    {
        foreach (var row in frame.Descendants<Drawing.TableRow>())
        {
            builder.Row(row.Elements<Drawing.TableCell>().Select(cell => string.Join(' ', Paragraphs(cell.TextBody))));
        }

        if (frame.Descendants<ChartReference>().FirstOrDefault()?.Id?.Value is { } chart && part.TryGetPartById(chart, out var found) && found is ChartPart { ChartSpace: { } space })
        {
            ChartText.Add(space, builder);
        }

        if (frame.Descendants<Drawing.Diagrams.RelationshipIds>().FirstOrDefault()?.DataPart?.Value is { } diagram
            && part.TryGetPartById(diagram, out var data) && data.RootElement is { } root)
        {
            foreach (var paragraph in root.Descendants<Drawing.Paragraph>().Select(SlideText.Read).Where(text => text.Trim().Length > 0))
            {
                builder.ListItem(paragraph);
            }
        }
    }

    private static IEnumerable<string> Paragraphs(OpenXmlElement? body) =>
        body?.Elements<Drawing.Paragraph>().Select(SlideText.Read).Where(text => text.Trim().Length > 0) ?? [];

    private static bool IsTitle(Shape shape) =>
        Placeholder(shape)?.Type?.Value is { } type && (type == PlaceholderValues.Title || type == PlaceholderValues.CenteredTitle);

    private static bool IsPageFurniture(Shape shape) =>
        Placeholder(shape)?.Type?.Value is { } type && (type == PlaceholderValues.SlideNumber || type == PlaceholderValues.DateAndTime);

    private static PlaceholderShape? Placeholder(Shape shape) =>
        shape.NonVisualShapeProperties?.ApplicationNonVisualDrawingProperties?.PlaceholderShape;
}
