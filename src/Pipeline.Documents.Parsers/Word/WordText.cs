using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Pipeline.Documents.Parsers.Word;

/// <summary>
/// The text of a paragraph as a reader sees it: insertions kept, deletions and hidden text dropped, field codes dropped, breaks and tabs
/// kept apart, phonetic guides dropped, note marks in brackets. Text boxes come separately.
/// </summary>
internal sealed class WordText
{
    private readonly StringBuilder text = new();
    private readonly List<TextBoxContent> boxes = [];

    private WordText()
    {
    }

    public static (string Text, IReadOnlyList<TextBoxContent> Boxes) Read(Paragraph paragraph)
    {
        var reader = new WordText();
        reader.Walk(paragraph);
        return (reader.text.ToString(), reader.boxes);
    }

    /// <summary>What a reader shows of content given in two ways: the first, which newer programs understand, or the other.</summary>
    public static OpenXmlElement Chosen(AlternateContent alternate) =>
        (OpenXmlElement?)alternate.GetFirstChild<AlternateContentChoice>() ?? (OpenXmlElement?)alternate.GetFirstChild<AlternateContentFallback>() ?? alternate;

    /// <summary>Whether a tracked change deletes a table row.</summary>
    public static bool IsDeleted(TableRow row) => row.TableRowProperties?.GetFirstChild<Deleted>() is not null;

    /// <summary>Whether no text box, deletion or second way of the same content lies between a paragraph and its cell.</summary>
    public static bool IsShown(Paragraph paragraph, TableCell cell)
    {
        for (var ancestor = paragraph.Parent; ancestor is not null && ancestor != cell; ancestor = ancestor.Parent)
        {
            if (ancestor is TextBoxContent or DeletedRun or MoveFromRun or AlternateContentFallback)
            {
                return false;
            }
        }

        return true;
    }

    private void Walk(OpenXmlElement parent)
    {
        foreach (var element in parent.ChildElements)
        {
            switch (element)
            {
                case Text or DocumentFormat.OpenXml.Math.Text:
                    text.Append(element.InnerText);
                    break;
                case TabChar or PositionalTab:
                    text.Append('\t');
                    break;
                case Break or CarriageReturn:
                    text.Append('\n');
                    break;
                case NoBreakHyphen:
                    text.Append('\u2011');
                    break;
                case SymbolChar symbol:
                    AppendSymbol(symbol);
                    break;
                case FootnoteReference note:
                    text.Append('[').Append(note.Id?.Value).Append(']');
                    break;
                case EndnoteReference note:
                    text.Append('[').Append(note.Id?.Value).Append(']');
                    break;
                case TextBoxContent box:
                    boxes.Add(box);
                    break;
                case AlternateContent alternate:
                    Walk(Chosen(alternate));
                    break;
                case DeletedRun or MoveFromRun or DeletedText or FieldCode or RubyContent or ParagraphProperties or RunProperties:
                    break;
                case Run run when IsHidden(run):
                    break;
                default:
                    Walk(element);
                    break;
            }
        }
    }

    private static bool IsHidden(Run run) =>
        run.RunProperties?.Vanish is { } vanish && (vanish.Val is null || vanish.Val.Value);

    /// <summary>Symbol fonts have no Unicode text; what is left is a mark.</summary>
    private void AppendSymbol(SymbolChar symbol)
    {
        const int privateUse = 0xF000;
        if (int.TryParse(symbol.Char?.Value, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture, out var code))
        {
            text.Append(code >= privateUse ? '•' : (char)code);
        }
    }
}
