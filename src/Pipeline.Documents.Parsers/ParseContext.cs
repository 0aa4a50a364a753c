using Pipeline.Documents.Parsers.Limits;
using Pipeline.Documents.Protocol;

namespace Pipeline.Documents.Parsers;

/// <summary>What holds for a whole request, the documents inside the document included.</summary>
internal sealed class ParseContext(ExtractionRequest request, Action reportOcrPage)
{
    public ExtractionLimits Limits { get; } = request.Limits;

    public string? Password { get; } = request.Password;

    public OcrRequest? Ocr { get; } = request.Ocr;

    public string? OcrAdvice { get; } = request.OcrAdvice;

    /// <summary>Bytes inflated so far, in all streams of all documents of the request.</summary>
    public InflationBudget Inflation { get; } = new(request.Limits);

    /// <summary>Text given so far.</summary>
    public TextBudget Text { get; } = new(request.Limits.TextCharacters);

    /// <summary>Pages that went to OCR so far.</summary>
    public int OcrPages { get; private set; }

    /// <summary>0 for the file itself, 1 for a document inside it.</summary>
    public int Level { get; set; }

    /// <summary>Tells the parent that a page goes to OCR, which extends its deadline.</summary>
    public void CountOcrPage()
    {
        OcrPages++;
        reportOcrPage();
    }
}
