using System.Globalization;
using System.Text;

namespace Pipeline.Reports;

/// <summary>The document's text by page, with the passages marked where they stand. Long pages are cut into blocks that the browser lays out only when they come into view.</summary>
internal static class DocumentText
{
    /// <summary>Code units of a block, at the next line end.</summary>
    private const int BlockLength = 4_000;

    /// <summary>Where no line ends, a block is cut here; it costs a line break that the text does not have.</summary>
    private const int LongestBlock = 16_000;

    internal static void Append(StringBuilder html, AnswerReport report)
    {
        Passage[] passages = [.. report.Answers
            .SelectMany((a, q) => a.Passages.Select((p, i) => new Passage(q + 1, i + 1, p.Start, p.End)))
            .OrderBy(p => p.Start).ThenBy(p => p.Question)];
        html.Append("<div class=\"document\" id=\"document\" tabindex=\"-1\" aria-label=\"Text of the document\">\n");
        for (int i = 0; i < Math.Max(1, report.Pages.Count); i++)
        {
            // Text before the first page and between pages goes with a page, so that nothing is left out.
            int start = i == 0 ? 0 : report.Pages[i].Start;
            int end = i + 1 < report.Pages.Count ? report.Pages[i + 1].Start : report.Text.Length;
            int number = report.Pages.Count == 0 ? 1 : report.Pages[i].Number;
            html.Append(CultureInfo.InvariantCulture, $"<section class=\"page\" id=\"page{number}\">\n");
            if (report.Pages.Count > 1)
            {
                html.Append(CultureInfo.InvariantCulture, $"<h3>Page {number}");
                if (report.Pages[i].Label is { Length: > 0 } label)
                {
                    html.Append(" · <bdi>").AppendText(label).Append("</bdi>");
                }

                html.Append("</h3>\n");
            }

            AppendPage(html, report.Text, start, end, passages);
            html.Append("</section>\n");
        }

        html.Append("</div>\n");
    }

    private static void AppendPage(StringBuilder html, string text, int start, int end, Passage[] passages)
    {
        while (start < end)
        {
            int blockEnd = BlockEnd(text, start, end, out int next);
            html.Append("<div class=\"block\" dir=\"auto\">");
            AppendBlock(html, text, start, blockEnd, passages);
            html.Append("</div>\n");
            start = next;
        }
    }

    /// <summary>The end of the block that begins at <paramref name="start"/>; the line end itself goes between the blocks.</summary>
    private static int BlockEnd(string text, int start, int end, out int next)
    {
        if (end - start <= BlockLength)
        {
            return next = end;
        }

        int line = text.AsSpan(start + BlockLength, Math.Min(end - start, LongestBlock) - BlockLength).IndexOf('\n');
        if (line >= 0)
        {
            next = start + BlockLength + line + 1;
            return next - 1;
        }

        next = Math.Min(end, start + LongestBlock);
        if (next < end && char.IsLowSurrogate(text[next]))
        {
            next--;
        }

        return next;
    }

    /// <summary>Text cut at every beginning and end of a passage; passages can overlap, so each piece names all that hold it.</summary>
    private static void AppendBlock(StringBuilder html, string text, int start, int end, Passage[] passages)
    {
        Passage[] here = [.. passages.Where(p => p.Start < end && p.End > start)];
        if (here.Length == 0)
        {
            html.AppendText(text.AsSpan(start, end - start));
            return;
        }

        int[] cuts = [.. here.SelectMany(p => new[] { p.Start, p.End }).Append(start).Append(end).Where(c => c >= start && c <= end).Distinct().Order()];
        for (int i = 0; i + 1 < cuts.Length; i++)
        {
            ReadOnlySpan<char> piece = text.AsSpan(cuts[i], cuts[i + 1] - cuts[i]);
            Passage[] holding = [.. here.Where(p => p.Start <= cuts[i] && p.End >= cuts[i + 1])];
            if (holding.Length == 0)
            {
                html.AppendText(piece);
                continue;
            }

            foreach (Passage begins in holding.Where(p => p.Start == cuts[i]))
            {
                html.Append(CultureInfo.InvariantCulture, $"<span class=\"anchor\" id=\"{begins.Id}\"></span>");
            }

            html.Append(CultureInfo.InvariantCulture, $"<mark data-passages=\"{string.Join(' ', holding.Select(p => p.Id))}\">").AppendText(piece).Append("</mark>");
            foreach (Passage ends in holding.Where(p => p.End == cuts[i + 1]))
            {
                html.Append(CultureInfo.InvariantCulture, $"<a class=\"back\" href=\"#q{ends.Question}\" aria-label=\"Back to question {ends.Question}\">{ends.Question}</a>");
            }
        }
    }

    private readonly record struct Passage(int Question, int Number, int Start, int End)
    {
        public string Id { get; } = string.Create(CultureInfo.InvariantCulture, $"q{Question}p{Number}");
    }
}
