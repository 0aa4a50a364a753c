using System.Collections.Frozen;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Pipeline.Documents.Parsers.Building;

namespace Pipeline.Documents.Parsers.Html;

/// <summary>Walks a tree: inline text is gathered until an element that starts a block, white space as browsers show it.</summary>
internal sealed class HtmlWalker(DocumentBuilder builder)
{
    /// <summary>Elements whose text nobody sees, or that is a second form of what stands beside it.</summary>
    private static readonly FrozenSet<string> Skipped = Set(
        "script style template noscript nav iframe object embed audio video canvas svg head title select button input textarea "
        + "datalist rt rp annotation annotation-xml");

    private static readonly FrozenSet<string> Blocks = Set(
        "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form header hgroup hr "
        + "html legend li main menu ol p pre section summary table tbody td tfoot th thead tr ul caption optgroup option h1 h2 h3 h4 h5 h6");

    private readonly StringBuilder pending = new();
    private BlockKind kind = BlockKind.Paragraph;
    private int headingLevel;

    public void Add(IElement root)
    {
        Walk(root, preserve: false);
        Flush();
    }

    private void Walk(INode parent, bool preserve)
    {
        foreach (var node in parent.ChildNodes)
        {
            if (node is IText text)
            {
                Append(text.Data, preserve);
            }
            else if (node is IElement element && !IsHidden(element))
            {
                AddElement(element, preserve);
            }
        }
    }

    private void AddElement(IElement element, bool preserve)
    {
        var name = element.LocalName;
        if (name == "br")
        {
            pending.Append('\n');
        }
        else if (element is IHtmlTableElement table)
        {
            Flush();
            AddTable(table);
        }
        else if (Blocks.Contains(name))
        {
            AddBlock(element, name, preserve);
        }
        else
        {
            Walk(element, preserve);
        }
    }

    private void AddBlock(IElement element, string name, bool preserve)
    {
        Flush();
        var (outerKind, outerLevel) = (kind, headingLevel);
        (kind, headingLevel) = name switch
        {
            ['h', >= '1' and <= '6'] => (BlockKind.Heading, name[1] - '0'),
            "li" or "dd" or "dt" => (BlockKind.ListItem, 0),
            _ => (outerKind, outerLevel),
        };
        if (name == "li")
        {
            pending.Append(ListMark(element));
        }

        Walk(element, preserve || name == "pre");
        Flush();
        (kind, headingLevel) = (outerKind, outerLevel);
    }

    private static string ListMark(IElement item)
    {
        if (item.ParentElement is not IHtmlOrderedListElement list)
        {
            return "- ";
        }

        var place = list.Children.TakeWhile(child => child != item).Count(child => child is IHtmlListItemElement);
        return $"{(item as IHtmlListItemElement)?.Value ?? list.Start + place}. ";
    }

    private void AddTable(IHtmlTableElement table)
    {
        if (table.Caption is { } caption)
        {
            builder.Paragraph(Inline(caption));
        }

        foreach (var row in table.Rows)
        {
            var cells = row.Cells.Where(cell => !IsHidden(cell)).ToList();
            if (cells.Count == 1 || cells.Exists(IsLayout))
            {
                cells.ForEach(Add);
            }
            else
            {
                builder.Row(cells.Select(Inline));
            }
        }
    }

    /// <summary>Tables that arrange a page hold tables, headings and lists.</summary>
    private static bool IsLayout(IHtmlTableCellElement cell) => cell.QuerySelector("table, h1, h2, h3, h4, ul, ol") is not null;

    private static string Inline(IElement element)
    {
        var inner = new DocumentBuilder(new Limits.TextBudget(int.MaxValue));
        new HtmlWalker(inner).Add(element);
        return inner.Build().Text.ReplaceLineEndings(" ");
    }

    private void Append(string data, bool preserve)
    {
        if (preserve)
        {
            pending.Append(data);
            return;
        }

        foreach (var c in data)
        {
            // The white space of HTML; a no-break space is a letter to it.
            var isBlank = c is ' ' or '\t' or '\n' or '\r' or '\f';
            if (!isBlank)
            {
                pending.Append(c);
            }
            else if (pending.Length > 0 && pending[^1] is not (' ' or '\n'))
            {
                pending.Append(' ');
            }
        }
    }

    private void Flush()
    {
        var text = pending.ToString();
        pending.Clear();
        if (string.IsNullOrWhiteSpace(text) || text == "- ")
        {
            return;
        }

        switch (kind)
        {
            case BlockKind.Heading:
                builder.Heading(text, headingLevel);
                break;
            case BlockKind.ListItem:
                builder.ListItem(text);
                break;
            default:
                builder.Paragraph(text);
                break;
        }
    }

    private static bool IsHidden(IElement element) =>
        Skipped.Contains(element.LocalName)
        || element.HasAttribute("hidden")
        || element.GetAttribute("role") == "navigation"
        || element.GetAttribute("style")?.Replace(" ", string.Empty, StringComparison.Ordinal).Contains("display:none", StringComparison.OrdinalIgnoreCase) is true;

    private static FrozenSet<string> Set(string names) => names.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
