using System.Text;
using Pipeline.Documents.Parsers.Building;
using Pipeline.Documents.Parsers.Ocr;
using Pipeline.Documents.Parsers.Pdf.Layout;
using UglyToad.PdfPig.Content;

namespace Pipeline.Documents.Parsers.Pdf;

/// <summary>Reads pages without a text layer from their images.</summary>
internal sealed class PdfOcr(ParseContext context)
{
    /// <summary>What the page gives with OCR, or why it gives nothing.</summary>
    public PdfPageText Read(Page page)
    {
        if (context.Ocr is not { } ocr)
        {
            return Without($"the page is an image without a text layer. {context.OcrAdvice}");
        }

        if (context.OcrPages >= ocr.Pages)
        {
            return Without($"the page is an image, and {ocr.Pages:N0} pages were recognised already. Raise Ocr.MaxPages");
        }

        context.CountOcrPage();
        try
        {
            var blocks = PdfPageImages.Read(page).SelectMany(image => Blocks(TesseractProcess.Recognize(ocr, image))).ToList();
            return blocks.Count > 0
                ? new([], blocks, PageOutcome.Ocr, null)
                : new([], [], PageOutcome.Empty, "OCR found no text on the page");
        }
        catch (OcrFailure failure)
        {
            return Without("the page is an image, and OCR failed: " + failure.Message);
        }
    }

    private static PdfPageText Without(string reason) => new([], [], PageOutcome.NoTextLayer, reason.TrimEnd('.'));

    /// <summary>Paragraphs are set apart by empty lines.</summary>
    private static IEnumerable<TextBlock> Blocks(string recognized)
    {
        foreach (var paragraph in recognized.Replace("\f", string.Empty, StringComparison.Ordinal).ReplaceLineEndings("\n").Split("\n\n"))
        {
            var text = new StringBuilder();
            foreach (var line in paragraph.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (text.Length == 0)
                {
                    text.Append(line);
                }
                else
                {
                    LineJoin.Append(text, line, WordSet.Empty);
                }
            }

            if (text.Length > 0)
            {
                yield return new(BlockKind.Paragraph, text.ToString(), 0, false, int.MaxValue);
            }
        }
    }
}
