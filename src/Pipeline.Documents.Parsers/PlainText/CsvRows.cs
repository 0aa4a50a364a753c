using Pipeline.Documents.Parsers.Building;

namespace Pipeline.Documents.Parsers.PlainText;

/// <summary>Rows of a CSV file (RFC 4180): a line end inside quotation marks belongs to its row.</summary>
internal static class CsvRows
{
    public static void Add(string text, DocumentBuilder builder)
    {
        var start = 0;
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == '"';
            if (text[i] == '\n' && !quoted)
            {
                builder.Verbatim(text[start..(i + 1)], BlockKind.Row);
                start = i + 1;
            }
        }

        if (start < text.Length)
        {
            // An unpaired quotation mark leaves many lines in one row: they are cut like text.
            builder.Verbatim(text[start..], quoted ? BlockKind.Verbatim : BlockKind.Row);
        }
    }
}
