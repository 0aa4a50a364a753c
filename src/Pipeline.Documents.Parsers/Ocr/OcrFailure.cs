namespace Pipeline.Documents.Parsers.Ocr;

/// <summary>A page could not be recognised; the message says why.</summary>
internal sealed class OcrFailure(string message) : Exception(message);
