using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pipeline.Documents.Tests.Formats;

namespace Pipeline.Documents.Tests.Measurements;

/// <summary>What the pool saves: a document that has to start a parser process against one that finds a process waiting.</summary>
public sealed class ParserStartTests(ITestOutputHelper output)
{
    private const int Runs = 5;

    [Theory]
    [InlineData("txt")]
    [InlineData("docx")]
    [InlineData("pdf")]
    public async Task A_waiting_process_takes_less_than_half_the_time_of_a_new_one(string format)
    {
        var file = Small(format);
        var cold = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            await using var fresh = new DocumentExtractor();
            cold.Add(await TimeAsync(fresh, file, format));
        }

        await using var extractor = new DocumentExtractor();
        await TimeAsync(extractor, file, format);
        var warm = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            warm.Add(await TimeAsync(extractor, file, format));
        }

        Assert.Equal(1, extractor.Pool.Started);
        var parser = await extractor.Pool.RentAsync(default);
        using var process = Process.GetProcessById(parser.Id);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{format} of one sentence: {Median(cold):0} ms with the start of a process, {Median(warm):0.0} ms with one waiting, which holds {process.WorkingSet64 / 1048576} MiB"));
        await extractor.Pool.ReturnAsync(parser, healthy: true);
        Assert.True(2 * Median(warm) < Median(cold), $"{Median(warm)} ms against {Median(cold)} ms");
    }

    private static async Task<double> TimeAsync(DocumentExtractor extractor, byte[] file, string format)
    {
        var started = Stopwatch.GetTimestamp();
        var document = await extractor.ExtractAsync(new MemoryStream(file), "a." + format);
        var time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Assert.Equal("One sentence.", document.Text);
        return time;
    }

    private static byte[] Small(string format) => format switch
    {
        "docx" => OfficeFile.Word("<w:p><w:r><w:t>One sentence.</w:t></w:r></w:p>"),
        "pdf" => new PdfFile().Page(stream => PdfFile.Show(stream, 72, 700, "One sentence.")).Save(),
        _ => Encoding.UTF8.GetBytes("One sentence."),
    };

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
