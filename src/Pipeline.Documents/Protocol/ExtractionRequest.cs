namespace Pipeline.Documents.Protocol;

/// <summary>What the parent asks of the child; the file's bytes follow as frames of their own.</summary>
/// <param name="Name">File name without folders.</param>
/// <param name="ClaimedMediaType">What the sender says it is, or null.</param>
/// <param name="Password">Password for encrypted files, or null.</param>
/// <param name="Limits">Limits that the child applies itself.</param>
/// <param name="Ocr">OCR settings, or null where no page is to be recognised.</param>
/// <param name="OcrAdvice">What to tell the user about pages without text where <paramref name="Ocr"/> is null.</param>
public sealed record ExtractionRequest(
    string Name, string? ClaimedMediaType, string? Password, ExtractionLimits Limits, OcrRequest? Ocr, string? OcrAdvice);
