namespace Pipeline.Documents.Parsers.Ocr;

/// <summary>An image to recognise.</summary>
/// <param name="Bytes">A file in a format that tesseract reads: JPEG, PNG, TIFF or JPEG 2000.</param>
/// <param name="Dpi">Dots per inch on the page.</param>
/// <param name="MayBeTurned">Whether the page is shown turned, so that the direction of its text must be found.</param>
internal sealed record OcrImage(byte[] Bytes, int Dpi, bool MayBeTurned);
