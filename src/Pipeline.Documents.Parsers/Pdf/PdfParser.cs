using Pipeline.Documents.Parsers.Building;
using Pipeline.Documents.Parsers.Pdf.Streams;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Exceptions;

namespace Pipeline.Documents.Parsers.Pdf;

/// <summary>PDF: reading order from the layout, one outcome for each page, OCR for pages without a text layer.</summary>
internal sealed class PdfParser : IFormatParser
{
    public Tool Tool => Tool.Of(typeof(PdfDocument));

    public void Parse(DocumentSource source, ParseContext context, DocumentBuilder builder)
    {
        var faults = new StreamFaults();
        using var document = Open(source.Bytes, context, faults);
        var count = document.NumberOfPages;
        if (count == 0)
        {
            throw ParseRefusal.Corrupt(faults.Take() ?? "The page tree of the PDF holds no page.");
        }

        if (count > context.Limits.Pages)
        {
            throw ParseRefusal.TooLarge($"The PDF has {count:N0} pages; {context.Limits.Pages:N0} are allowed.");
        }

        WarnAboutEnd(source.Bytes, builder);
        var reader = new PdfPageReader(document, faults, new PdfOcr(context));
        var pages = new List<PdfPageText>(count);
        for (var number = 1; number <= count; number++)
        {
            pages.Add(reader.Read(number));
        }

        if (pages.Count(page => page.Outcome == PageOutcome.Ocr) is > 0 and var recognized)
        {
            builder.Warn($"{recognized} page(s) were read by OCR ({context.Ocr!.Languages}); letters may be wrong.");
        }

        PdfBlocks.Add(pages, builder);
    }

    private static PdfDocument Open(byte[] bytes, ParseContext context, StreamFaults faults)
    {
        try
        {
            return PdfDocument.Open(bytes, new ParsingOptions
            {
                UseLenientParsing = true,
                SkipMissingFonts = true,
                MaxStackDepth = context.Limits.NestingDepth,
                FilterProvider = new CheckedFilters(context.Inflation, faults),
                Passwords = context.Password is { } password ? [password] : [],
            });
        }
        catch (PdfDocumentEncryptedException)
        {
            throw new ParseRefusal(
                ExtractionOutcome.Encrypted,
                context.Password is null ? "The PDF is encrypted: give its password." : "The PDF is encrypted and the password given does not open it.");
        }
        catch (Exception e) when (faults.Refusal is { } refusal && e is not ParseRefusal)
        {
            throw new ParseRefusal(refusal.Outcome, refusal.Message);
        }
    }

    /// <summary>A file that was cut off lacks its end; the library then rebuilds what it can find (ISO 32000-1, 7.5.5).</summary>
    private static void WarnAboutEnd(byte[] bytes, DocumentBuilder builder)
    {
        if (bytes.AsSpan().LastIndexOf("startxref"u8) < 0)
        {
            builder.MarkIncomplete("The PDF has no end (startxref): it was cut off, and pages may be missing.");
        }
    }
}
