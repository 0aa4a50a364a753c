using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Pipeline.Documents.Protocol;

namespace Pipeline.Documents.Parsers.Ocr;

/// <summary>Runs <c>tesseract</c> on one image, within time and memory.</summary>
internal static partial class TesseractProcess
{
    private static readonly Lock Gate = new();
    private static Process? running;

    /// <summary>Ends the run under way, if any: this process is about to end.</summary>
    public static void KillAll()
    {
        lock (Gate)
        {
            Kill(running);
        }
    }

    /// <summary>The text of an image; paragraphs are set apart by empty lines.</summary>
    /// <exception cref="OcrFailure">The program failed, or exceeded its time or memory.</exception>
    public static string Recognize(OcrRequest ocr, OcrImage image)
    {
        using var process = Start(ocr, image);
        lock (Gate)
        {
            running = process;
        }

        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            var input = WriteAsync(process, image.Bytes);
            Watch(process, ocr);
            Task.WaitAll(output, errors, input);
            if (MissingLanguage().Match(errors.Result) is { Success: true } missing)
            {
                // With another language beside it tesseract goes on without a word of warning in its output.
                var language = missing.Groups["language"].Value;
                throw new OcrFailure($"tesseract has no data for the language {language}. Install it (Debian: apt-get install tesseract-ocr-{language.Replace('_', '-')}) or choose other languages");
            }

            return process.ExitCode == 0
                ? output.Result
                : throw new OcrFailure($"tesseract failed with exit code {process.ExitCode}: {FirstLine(errors.Result)}");
        }
        finally
        {
            lock (Gate)
            {
                running = null;
            }

            Kill(process);
        }
    }

    private static Process Start(OcrRequest ocr, OcrImage image)
    {
        // Modes of page segmentation: 3 is automatic, 1 finds the direction of the text too (and needs the data for it).
        string[] arguments =
        [
            "stdin", "stdout", "-l", ocr.Languages, "--psm", image.MayBeTurned ? "1" : "3",
            "--dpi", image.Dpi.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ];
        var start = new ProcessStartInfo(ocr.Executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        // Its threads help little on one page and take the cores of the other parsers.
        start.Environment["OMP_THREAD_LIMIT"] = "1";
        if (ocr.DataFolder is { } folder)
        {
            start.Environment["TESSDATA_PREFIX"] = folder;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new OcrFailure($"tesseract cannot be started: {e.Message}");
        }
    }

    private static async Task WriteAsync(Process process, byte[] image)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(image);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading everything; its exit code says why.
        }
    }

    private static void Watch(Process process, OcrRequest ocr)
    {
        var started = Stopwatch.GetTimestamp();
        while (!process.WaitForExit(50))
        {
            process.Refresh();
            if (process.WorkingSet64 > ocr.MemoryBytes)
            {
                Kill(process);
                throw new OcrFailure($"tesseract took more than {ocr.MemoryBytes / (1024 * 1024):N0} MiB of memory.");
            }

            if (Stopwatch.GetElapsedTime(started).TotalSeconds > ocr.PageSeconds)
            {
                Kill(process);
                throw new OcrFailure($"tesseract did not finish the page within {ocr.PageSeconds:0} s.");
            }
        }
    }

    private static void Kill(Process? process)
    {
        try
        {
            process?.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
    }

    [GeneratedRegex("Failed loading language '(?<language>[A-Za-z0-9_-]+)'", RegexOptions.None, 1000)]
    private static partial Regex MissingLanguage();

    private static string FirstLine(string text) => text.Trim().Split('\n')[0];
}
