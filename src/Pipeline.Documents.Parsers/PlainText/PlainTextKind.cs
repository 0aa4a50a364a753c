namespace Pipeline.Documents.Parsers.PlainText;

/// <summary>Formats that are text and are given as they are.</summary>
internal enum PlainTextKind
{
    Text,
    Markdown,
    Csv,
}
