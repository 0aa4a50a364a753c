using Pipeline.Documents.Parsers.Building;
using Pipeline.Documents.Parsers.Pdf.Layout;

namespace Pipeline.Documents.Parsers.Pdf;

/// <summary>Adds the pages' blocks to the document; blocks in larger or bold type that stand alone become headings.</summary>
internal static class PdfBlocks
{
    private const int LongestHeading = 160;
    private const double HeadingSize = 1.15;
    private const int Levels = 4;

    public static void Add(List<PdfPageText> pages, DocumentBuilder builder)
    {
        var words = WordSet.Of(pages.SelectMany(page => page.Lines));
        var blocks = pages.ConvertAll(page => page.Recognized.Count > 0 ? page.Recognized : ParagraphBuilder.Build(page.Lines, words));
        var body = BodySize(blocks);
        var sizes = HeadingSizes(blocks, body);
        foreach (var (page, content) in pages.Zip(blocks))
        {
            builder.StartPage();
            foreach (var block in content)
            {
                AddBlock(block, body, sizes, builder);
            }

            builder.EndPage(page.Outcome, page.Reason);
        }
    }

    private static void AddBlock(TextBlock block, double body, List<double> sizes, DocumentBuilder builder)
    {
        switch (block.Kind)
        {
            case BlockKind.Row:
                builder.Row(block.Text.Split('\t'));
                break;
            case BlockKind.ListItem:
                builder.ListItem(block.Text);
                break;
            default:
                if (Level(block, body, sizes) is { } level)
                {
                    builder.Heading(block.Text, level);
                }
                else
                {
                    builder.Paragraph(block.Text);
                }

                break;
        }
    }

    private static int? Level(TextBlock block, double body, List<double> sizes)
    {
        if (!CouldBeHeading(block))
        {
            return null;
        }

        if (block.Size >= HeadingSize * body)
        {
            return Math.Min(Levels, sizes.FindIndex(size => Same(size, block.Size)) + 1);
        }

        return block.Bold && block.Lines == 1 && block.Text.Length <= LongestHeading / 2 && block.Text[^1] is not ('.' or ':' or ',')
            ? Math.Min(Levels, sizes.Count + 1)
            : null;
    }

    private static bool CouldBeHeading(TextBlock block) =>
        block.Kind == BlockKind.Paragraph && block.Lines <= 3 && block.Text.Length <= LongestHeading && block.Text.Any(char.IsLetter);

    /// <summary>The size of most letters.</summary>
    private static double BodySize(List<IReadOnlyList<TextBlock>> pages)
    {
        var counts = new Dictionary<double, long>();
        // Recognised pages have no sizes.
        foreach (var block in pages.SelectMany(page => page).Where(block => block.Size > 0))
        {
            var size = Math.Round(block.Size * 2) / 2;
            counts[size] = counts.GetValueOrDefault(size) + block.Text.Length;
        }

        return counts.Count == 0 ? 0 : counts.MaxBy(pair => pair.Value).Key;
    }

    private static List<double> HeadingSizes(List<IReadOnlyList<TextBlock>> pages, double body)
    {
        var sizes = new List<double>();
        foreach (var size in pages.SelectMany(page => page)
            .Where(block => CouldBeHeading(block) && block.Size >= HeadingSize * body)
            .Select(block => block.Size)
            .OrderDescending())
        {
            if (sizes.Count == 0 || !Same(sizes[^1], size))
            {
                sizes.Add(size);
            }
        }

        return sizes;
    }

    private static bool Same(double a, double b) => Math.Abs(a - b) <= 0.06 * Math.Max(a, b);
}
