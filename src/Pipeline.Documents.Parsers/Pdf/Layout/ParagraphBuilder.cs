using System.Text;
using Pipeline.Documents.Parsers.Building;

namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>Joins lines into paragraphs: by their distance, indentation, length and size.</summary>
internal static class ParagraphBuilder
{
    /// <summary>A line this much farther down than its neighbours are starts a paragraph.</summary>
    private const double ParagraphGap = 1.3;

    private const double SizeChange = 0.12;

    public static List<TextBlock> Build(IReadOnlyList<TextLine> lines, WordSet words)
    {
        var pitch = Pitch(lines);
        var blocks = new List<TextBlock>();
        var current = new List<TextLine>();
        foreach (var line in lines)
        {
            if (current.Count > 0 && StartsBlock(current, line, pitch))
            {
                blocks.Add(Block(current, words));
                current = [];
            }

            current.Add(line);
        }

        if (current.Count > 0)
        {
            blocks.Add(Block(current, words));
        }

        return blocks;
    }

    /// <summary>The usual distance of two lines, in font sizes.</summary>
    private static double Pitch(IReadOnlyList<TextLine> lines)
    {
        var distances = new List<double>();
        for (var i = 1; i < lines.Count; i++)
        {
            var distance = (lines[i - 1].Baseline - lines[i].Baseline) / lines[i].Size;
            if (lines[i].Column == lines[i - 1].Column && distance is > 0.5 and < 3)
            {
                distances.Add(distance);
            }
        }

        const double common = 1.2;
        distances.Sort();
        return distances.Count == 0 ? common : Math.Max(0.9, distances[distances.Count / 2]);
    }

    private static bool StartsBlock(List<TextLine> current, TextLine line, double pitch)
    {
        var last = current[^1];
        if (line.IsRow || last.IsRow || ListMark.Starts(line.Text))
        {
            return true;
        }

        if (Math.Abs(line.Size - last.Size) > SizeChange * Math.Max(line.Size, last.Size))
        {
            return true;
        }

        if (line.Column != last.Column || line.Baseline > last.Baseline)
        {
            // On to the next column: the paragraph goes on where the sentence does.
            return EndsSentence(last.Text) || !char.IsLower(line.Text[0]);
        }

        var distance = (last.Baseline - line.Baseline) / line.Size;
        if (distance > pitch * ParagraphGap)
        {
            return true;
        }

        return IsIndented(current, line) || IsShort(last, line);
    }

    private static bool IsIndented(List<TextLine> current, TextLine line)
    {
        var last = current[^1];
        var hangs = ListMark.Starts(current[0].Text);
        return !hangs && line.Left - last.Left > 0.8 * line.Size && line.Left - last.Left < 6 * line.Size && EndsSentence(last.Text);
    }

    /// <summary>The last line of a paragraph stops before the column does.</summary>
    private static bool IsShort(TextLine last, TextLine line)
    {
        var room = last.Column.Right - last.Right;
        var clearly = room > 0.35 * last.Column.Width && !char.IsLower(line.Text[0]);
        return clearly || (room > 0.12 * last.Column.Width && EndsSentence(last.Text));
    }

    private static bool EndsSentence(string text)
    {
        var end = text.AsSpan().TrimEnd("\"'”’»)」』）");
        return end.Length > 0 && end[^1] is '.' or '!' or '?' or ':' or ';' or '。' or '！' or '？' or '：' or '；' or '؟' or '।';
    }

    private static TextBlock Block(List<TextLine> lines, WordSet words)
    {
        var text = new StringBuilder(lines[0].Text);
        for (var i = 1; i < lines.Count; i++)
        {
            LineJoin.Append(text, lines[i].Text, words);
        }

        var kind = lines[0].IsRow ? BlockKind.Row : ListMark.Starts(lines[0].Text) ? BlockKind.ListItem : BlockKind.Paragraph;
        return new(kind, text.ToString(), lines[0].Size, lines.TrueForAll(line => line.Bold), lines.Count);
    }
}
