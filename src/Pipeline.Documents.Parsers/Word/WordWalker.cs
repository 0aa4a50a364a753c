using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Wordprocessing;
using Pipeline.Documents.Parsers.Building;

namespace Pipeline.Documents.Parsers.Word;

/// <summary>Adds the blocks of a body, a header, a cell or a text box in order.</summary>
internal sealed class WordWalker(DocumentBuilder builder, WordStyles styles, WordNumbering numbering)
{
    /// <summary>Adds the paragraphs and tables inside an element.</summary>
    public void Add(OpenXmlElement container)
    {
        foreach (var element in container.ChildElements)
        {
            switch (element)
            {
                case Paragraph paragraph:
                    AddParagraph(paragraph);
                    break;
                case Table table:
                    AddTable(table);
                    break;
                case DeletedRun or MoveFromRun:
                    break;
                case AlternateContent alternate:
                    Add(WordText.Chosen(alternate));
                    break;
                default:
                    // Content controls, insertions, custom XML: what matters is inside.
                    if (element.HasChildren)
                    {
                        Add(element);
                    }

                    break;
            }
        }
    }

    /// <summary>Adds a footnote or endnote with its mark in front.</summary>
    public void AddNote(FootnoteEndnoteType note)
    {
        var text = string.Join(' ', note.Descendants<Paragraph>().Select(paragraph => WordText.Read(paragraph).Text.Trim()));
        builder.ListItem($"[{note.Id?.Value}] {text.Trim()}");
    }

    private void AddParagraph(Paragraph paragraph)
    {
        var read = WordText.Read(paragraph);
        var mark = numbering.Mark(paragraph, styles);
        if (read.Text.Trim().Length > 0)
        {
            AddText(paragraph, mark, read.Text);
        }

        foreach (var box in read.Boxes)
        {
            Add(box);
        }
    }

    private void AddText(Paragraph paragraph, string? mark, string text)
    {
        var marked = mark is null ? text : $"{mark} {text.TrimStart()}";
        if (styles.HeadingLevel(paragraph) is { } level)
        {
            builder.Heading(marked, level);
        }
        else if (mark is not null)
        {
            builder.ListItem(marked);
        }
        else
        {
            builder.Paragraph(marked);
        }
    }

    private void AddTable(Table table)
    {
        foreach (var row in Rows(table))
        {
            var cells = Cells(row).ToList();
            if (cells.Count == 1)
            {
                Add(cells[0]);
                continue;
            }

            builder.Row(cells.Select(CellText));
            foreach (var nested in cells.SelectMany(cell => cell.Descendants<Table>().Where(inner => inner.Ancestors<TableCell>().First() == cell)))
            {
                AddTable(nested);
            }
        }
    }

    private static IEnumerable<TableRow> Rows(OpenXmlElement table) =>
        table.ChildElements.SelectMany(child => child switch
        {
            TableRow row => WordText.IsDeleted(row) ? [] : [row],
            DeletedRun or Table => [],
            _ => Rows(child),
        });

    private static IEnumerable<TableCell> Cells(OpenXmlElement row) =>
        row.ChildElements.SelectMany(child => child switch
        {
            TableCell cell => [cell],
            _ => Cells(child),
        });

    /// <summary>A cell's own paragraphs; those of tables inside it come as rows of their own.</summary>
    private static string CellText(TableCell cell)
    {
        var parts = new List<string>();
        foreach (var paragraph in cell.Descendants<Paragraph>().Where(paragraph => paragraph.Ancestors<TableCell>().First() == cell && WordText.IsShown(paragraph, cell)))
        {
            var read = WordText.Read(paragraph);
            parts.Add(read.Text.Trim());
            parts.AddRange(read.Boxes.SelectMany(box => box.Descendants<Paragraph>()).Select(inner => WordText.Read(inner).Text.Trim()));
        }

        return string.Join(' ', parts.Where(part => part.Length > 0));
    }
}
