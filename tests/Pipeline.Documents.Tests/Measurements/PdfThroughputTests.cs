using System.Diagnostics;
using System.Globalization;
using Pipeline.Documents.Tests.Corpora;
using Pipeline.Documents.Tests.Formats;

namespace Pipeline.Documents.Tests.Measurements;

/// <summary>
/// Pages a second and peak memory against <c>pdftotext</c> in one run, with <c>PIPELINE_LONG_TESTS=1</c>. Both sides read the file from disk
/// and give text; ours adds hashing, sentences and the way through the pipe.
/// </summary>
public sealed class PdfThroughputTests(ITestOutputHelper output)
{
    private const int Pages = 1_000;
    private const int Runs = 5;
    private const double MostTimes = 5;

    [Fact]
    public async Task A_thousand_pages_take_at_most_five_times_as_long_as_pdftotext()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") is { Length: > 0 }, "a measurement: set PIPELINE_LONG_TESTS=1");
        Assert.SkipUnless(File.Exists("/usr/bin/pdftotext"), "needs pdftotext (poppler-utils)");
        var folder = Directory.CreateTempSubdirectory("pdf-throughput-");
        try
        {
            var file = Path.Combine(folder.FullName, "thousand.pdf");
            await File.WriteAllBytesAsync(file, ThousandPages());
            var ratio = await CompareAsync(file, Pages);
            await CompareAsync(Corpus.PathOf("pdf/pd-kids-stories.pdf"), 55);
            await CompareAsync(Corpus.PathOf("pdf/chinese-half-year-report.pdf"), 95);

            Assert.True(ratio <= MostTimes, $"{ratio:0.00} times as long");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<double> CompareAsync(string file, int pages)
    {
        await using var extractor = new DocumentExtractor(new ExtractionOptions { MaxProcesses = 1 });
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(ExtractionOutcome.Ok, (await extractor.ExtractAsync(file)).Outcome);
        var cold = Stopwatch.GetElapsedTime(started);
        await RunPeerAsync(file);

        var ours = new List<double>();
        var peers = new List<double>();
        var peerMemory = 0L;
        for (var run = 0; run < Runs; run++)
        {
            started = Stopwatch.GetTimestamp();
            var document = await extractor.ExtractAsync(file);
            ours.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            Assert.Equal(pages, document.Pages.Count);
            var (time, memory) = await RunPeerAsync(file);
            peers.Add(time);
            peerMemory = Math.Max(peerMemory, memory);
        }

        var parser = await extractor.Pool.RentAsync(default);
        var (median, peer) = (Median(ours), Median(peers));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileName(file)}: ours {pages / median:0} pages/s ({median:0.000} s; with start-up and compilation {cold.TotalSeconds:0.00} s), peak {parser.PeakResidentBytes / 1048576} MiB; "
            + $"pdftotext {pages / peer:0} pages/s ({peer:0.000} s), peak {peerMemory / 1048576} MiB; {median / peer:0.00} times"));
        await extractor.Pool.ReturnAsync(parser, healthy: true);
        return median / peer;
    }

    private static async Task<(double Seconds, long PeakBytes)> RunPeerAsync(string file)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/pdftotext", [file, "/dev/null"]))!;
        var peak = 0L;
        while (!process.HasExited)
        {
            try
            {
                process.Refresh();
                peak = Math.Max(peak, process.PeakWorkingSet64);
            }
            catch (InvalidOperationException)
            {
                break;
            }

            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(5));
        }

        Assert.Equal(0, process.ExitCode);
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, peak);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>About 2,900 characters a page in 44 lines, with headings and a table on every tenth page.</summary>
    private static byte[] ThousandPages()
    {
        var words = "the agreement party notice under shall within thirty days payment interest report section annual period terms liability of and to in for by as with".Split(' ');
        var random = new Random(1);
        var file = new PdfFile();
        for (var page = 1; page <= Pages; page++)
        {
            var number = page;
            file.Page(stream =>
            {
                PdfFile.Show(stream, 72, 740, $"{number}. Chapter of page {number}", 16, "F2");
                for (var line = 0; line < 44; line++)
                {
                    var y = 710 - (line * 14);
                    if (number % 10 == 0 && line is > 10 and < 20)
                    {
                        PdfFile.Show(stream, 72, y, $"Item {line}");
                        PdfFile.Show(stream, 200, y, $"{random.Next(1000)}.{random.Next(10)}");
                        PdfFile.Show(stream, 300, y, $"{random.Next(100)} %");
                        continue;
                    }

                    var text = string.Join(' ', Enumerable.Range(0, 12).Select(_ => words[random.Next(words.Length)]));
                    PdfFile.Show(stream, 72, y, line % 5 == 4 ? text + "." : text);
                }
            });
        }

        return file.Save();
    }
}
