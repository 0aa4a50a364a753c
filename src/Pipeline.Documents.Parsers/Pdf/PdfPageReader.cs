using Pipeline.Documents.Parsers.Pdf.Layout;
using Pipeline.Documents.Parsers.Pdf.Streams;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;

namespace Pipeline.Documents.Parsers.Pdf;

/// <summary>Reads one page: its letters in reading order, or why there are none.</summary>
internal sealed class PdfPageReader(PdfDocument document, StreamFaults faults, PdfOcr ocr)
{
    /// <summary>Letters on one page; more is no page for people.</summary>
    private const int MostLetters = 2_000_000;

    /// <exception cref="ParseRefusal">A limit was exceeded.</exception>
    public PdfPageText Read(int number)
    {
        Page page;
        try
        {
            page = document.GetPage(number);
        }
#pragma warning disable CA1031 // The library throws anything at a damaged page; the others are read all the same.
        catch (Exception e) when (e is not (OutOfMemoryException or ParseRefusal))
#pragma warning restore CA1031
        {
            var fault = faults.Take();
            return new([], [], PageOutcome.Failed, fault ?? e.Message.ReplaceLineEndings(" "));
        }

        var letters = page.Letters;
        var damage = faults.Take();
        if (letters.Count > MostLetters)
        {
            throw ParseRefusal.TooLarge($"Page {number} has {letters.Count:N0} letters; {MostLetters:N0} are allowed.");
        }

        var lines = new List<TextLine>();
        foreach (var glyphs in GlyphReader.Read(letters))
        {
            new ReadingOrder(lines).Add(FragmentBuilder.Build(glyphs));
        }

        var (outcome, reason) = Judge(lines.Count > 0, damage, page);
        return outcome == PageOutcome.NoTextLayer ? ocr.Read(page) : new(lines, [], outcome, reason);
    }

    private static (PageOutcome Outcome, string? Reason) Judge(bool hasText, string? damage, Page page) => (hasText, damage) switch
    {
        (true, null) => (PageOutcome.Ok, null),
        (true, _) => (PageOutcome.Partial, damage),
        (false, not null) => (PageOutcome.Failed, damage),
        _ when ShowsText(page) => (PageOutcome.Failed, "the page shows text, but in fonts that cannot be read"),
        _ when page.NumberOfImages > 0 => (PageOutcome.NoTextLayer, "the page is an image without a text layer"),
        _ => (PageOutcome.Empty, null),
    };

    private static bool ShowsText(Page page) =>
        page.Operations.Any(operation => operation.Operator is "Tj" or "TJ" or "'" or "\"");
}
