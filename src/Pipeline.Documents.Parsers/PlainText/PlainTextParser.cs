using Pipeline.Documents.Parsers.Building;
using UtfUnknown;

namespace Pipeline.Documents.Parsers.PlainText;

/// <summary>Text, Markdown and CSV: decoded and given as they are, so that offsets match the file. Form feeds part pages.</summary>
internal sealed class PlainTextParser(PlainTextKind kind) : IFormatParser
{
    public Tool Tool => Tool.Of(typeof(CharsetDetector));

    public void Parse(DocumentSource source, ParseContext context, DocumentBuilder builder)
    {
        var decoded = TextDecoder.Decode(source.Bytes);
        builder.Encoding = decoded.Encoding;
        if (decoded.Warning is { } warning)
        {
            builder.Warn(warning);
        }

        // Once for all, so that what is found in a page stands at the same offsets in the document.
        var text = CharacterFilter.Clean(decoded.Text);
        if (kind == PlainTextKind.Csv)
        {
            CsvRows.Add(text, builder);
            builder.MarkPage(0, builder.Length);
            return;
        }

        var start = 0;
        foreach (var page in text.Split('\f'))
        {
            start = AddPage(page, start > 0 || builder.Pages.Count > 0, builder);
        }
    }

    private int AddPage(string page, bool separate, DocumentBuilder builder)
    {
        if (separate)
        {
            builder.Verbatim("\f");
        }

        var block = builder.Verbatim(page);
        builder.MarkPage(block.Start, block.End);
        if (kind == PlainTextKind.Markdown)
        {
            MarkdownHeadings.Mark(page, block.Start, builder);
        }

        return block.End;
    }
}
