namespace Pipeline.Documents.Parsers.PlainText;

/// <summary>Text of bytes, the encoding's IANA name, and a warning where the encoding is a guess.</summary>
internal sealed record DecodedText(string Text, string Encoding, string? Warning);
