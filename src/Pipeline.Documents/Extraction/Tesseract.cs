using Pipeline.Documents.Protocol;

namespace Pipeline.Documents;

/// <summary>Finds <c>tesseract</c> on the PATH.</summary>
internal static class Tesseract
{
    /// <summary>Settings for the child, or null and what to tell the user.</summary>
    public static (OcrRequest? Request, string? Advice) Find(ExtractionOptions options)
    {
        if (!options.Ocr.Enabled)
        {
            return (null, "OCR is switched off; switch it on to read scanned pages.");
        }

        return FindExecutable() is { } executable
            ? (new OcrRequest(
                executable,
                Environment.GetEnvironmentVariable("TESSDATA_PREFIX"),
                string.Join('+', options.Ocr.Languages),
                options.Ocr.PageTimeLimit.TotalSeconds,
                options.Ocr.MaxPages,
                options.MemoryLimitBytes), null)
            : (null, "Install tesseract (Debian: apt-get install tesseract-ocr) and put it on the PATH to read scanned pages.");
    }

    private static string? FindExecutable()
    {
        var name = OperatingSystem.IsWindows() ? "tesseract.exe" : "tesseract";
        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }
}
