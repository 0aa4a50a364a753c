using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Drawing.Charts;
using Pipeline.Documents.Parsers.Building;
using Drawing = DocumentFormat.OpenXml.Drawing;

namespace Pipeline.Documents.Parsers.Slides;

/// <summary>A chart as its title and one row of values for each series, from the values the file keeps.</summary>
internal static class ChartText
{
    private const int MostPoints = 1_000;

    public static void Add(ChartSpace space, DocumentBuilder builder)
    {
        foreach (var title in space.Descendants<Title>())
        {
            builder.Paragraph(string.Join(' ', title.Descendants<Drawing.Paragraph>().Select(SlideText.Read)));
        }

        var hasHeader = false;
        foreach (var series in space.Descendants<OpenXmlCompositeElement>().Where(element => element.LocalName == "ser"))
        {
            var categories = Points(series, "cat").ToList();
            if (!hasHeader && categories.Count > 0)
            {
                builder.Row(categories.Prepend(string.Empty));
                hasHeader = true;
            }

            builder.Row(Points(series, "val").Prepend(string.Join(' ', Points(series, "tx"))));
        }
    }

    private static IEnumerable<string> Points(OpenXmlElement series, string child) =>
        series.ChildElements.Where(element => element.LocalName == child)
            .SelectMany(element => element.Descendants().Where(point => point.LocalName == "v"))
            .Take(MostPoints)
            .Select(point => point.InnerText);
}
