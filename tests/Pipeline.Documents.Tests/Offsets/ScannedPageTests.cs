using System.Diagnostics;
using Pipeline.Documents.Tests.Corpora;
using Pipeline.Documents.Tests.Formats;

namespace Pipeline.Documents.Tests.Offsets;

/// <summary>Offsets of pages that were read by OCR, among pages with a text layer.</summary>
public sealed class ScannedPageTests
{
    private static readonly string[] First = ["harvest", "lantern", "meadow", "village", "orchard", "blanket", "whistle", "journey"];
    private static readonly string[] Second = ["pressure", "cylinder", "workshop", "furnace", "magnet", "battery", "turbine", "welding"];

    [Fact]
    public async Task A_scanned_page_between_others_holds_its_own_words_only()
    {
        Assert.SkipUnless(IsOnPath("tesseract") && IsOnPath("pdftoppm"), "needs tesseract and pdftoppm (apt-get install tesseract-ocr poppler-utils)");
        var scan = await ScanAsync(new PdfFile().Page(stream => Write(stream, Second)).Save());
        var file = new PdfFile().Page(stream => Write(stream, First)).Image(scan.Jpeg, scan.Width, scan.Height).Page(stream => Write(stream, First)).Save();
        await using var extractor = new DocumentExtractor();

        var document = await extractor.ExtractAsync(new MemoryStream(file), "mixed.pdf");

        Assert.Equal(ExtractionOutcome.Ok, document.Outcome);
        DocumentAssert.Consistent(document);
        Assert.Equal([PageOutcome.Ok, PageOutcome.Ocr, PageOutcome.Ok], document.Pages.Select(page => page.Outcome));
        Assert.Equal([string.Join(' ', First), string.Join(' ', Second), string.Join(' ', First)], document.Pages.Select(page => string.Join(' ', document.Text[page.Start..page.End].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
    }

    private static void Write(System.Text.StringBuilder stream, string[] words)
    {
        for (var line = 0; line < words.Length; line += 4)
        {
            PdfFile.Show(stream, 72, 700 - (6 * line), string.Join(' ', words.Skip(line).Take(4)), 16);
        }
    }

    /// <summary>The page as a scanner would give it.</summary>
    private static async Task<(byte[] Jpeg, int Width, int Height)> ScanAsync(byte[] pdf)
    {
        const int dpi = 150;
        var folder = Directory.CreateTempSubdirectory("scan-");
        try
        {
            var file = Path.Combine(folder.FullName, "page.pdf");
            await File.WriteAllBytesAsync(file, pdf);
            using var process = Process.Start("pdftoppm", ["-jpeg", "-gray", "-r", $"{dpi}", "-singlefile", file, Path.Combine(folder.FullName, "page")]);
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
            return (await File.ReadAllBytesAsync(Path.Combine(folder.FullName, "page.jpg")), 612 * dpi / 72, 792 * dpi / 72);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
