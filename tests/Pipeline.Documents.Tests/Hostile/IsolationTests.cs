using System.Diagnostics;
using System.Text;
using Pipeline.Documents.Protocol;
using Pipeline.Documents.Tests.Corpora;

namespace Pipeline.Documents.Tests.Hostile;

/// <summary>What happens to the parser process never happens to this one.</summary>
public sealed class IsolationTests
{
    private static readonly string[] ParserLibraries = ["UglyToad.PdfPig", "DocumentFormat.OpenXml", "AngleSharp", "MimeKit", "UtfUnknown"];

    [Fact]
    public void The_parent_refers_to_no_parser()
    {
        var referenced = typeof(DocumentExtractor).Assembly.GetReferencedAssemblies().Select(name => name.Name!);

        Assert.Empty(referenced.Intersect(ParserLibraries));
        Assert.DoesNotContain("Pipeline.Documents.Parsers", referenced);
    }

    [Fact]
    public async Task A_document_that_takes_too_long_times_out()
    {
        await using var extractor = new DocumentExtractor(new ExtractionOptions { TimeLimit = TimeSpan.FromMilliseconds(100) });
        var started = Stopwatch.GetTimestamp();

        var document = await extractor.ExtractAsync(new MemoryStream(LongText(200)), "long.html");

        Assert.Equal(ExtractionOutcome.TimedOut, document.Outcome);
        Assert.Equal("urn:pipeline:problem:extraction-timed-out", document.Problem!.Type);
        Assert.Contains("0.1 s", document.Problem.Detail, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_document_that_takes_too_much_memory_is_too_large()
    {
        await using var extractor = new DocumentExtractor(new ExtractionOptions { MemoryLimitBytes = 128 * 1024 * 1024 });

        var document = await extractor.ExtractAsync(new MemoryStream(LongText(60)), "long.html");

        Assert.Equal(ExtractionOutcome.TooLarge, document.Outcome);
        Assert.Contains("memory", document.Problem!.Detail, StringComparison.Ordinal);
        Assert.Equal(ExtractionOutcome.Ok, (await Patient(extractor)).Outcome);
    }

    [Fact]
    public async Task A_killed_process_is_the_document_s_outcome_and_no_other_s()
    {
        await using var extractor = new DocumentExtractor(new ExtractionOptions { MaxProcesses = 2 });
        var doomed = extractor.ExtractAsync(new MemoryStream(LongText(100)), "long.html");
        while (!extractor.Pool.Working.Any() && !doomed.IsCompleted)
        {
            await Task.Delay(5);
        }

        using (var process = Process.GetProcessById(extractor.Pool.Working.Single().Id))
        {
            process.Kill();
        }

        var other = await Patient(extractor);
        var document = await doomed;

        Assert.Equal(ExtractionOutcome.Crashed, document.Outcome);
        Assert.Equal("urn:pipeline:problem:extraction-crashed", document.Problem!.Type);
        Assert.Equal(ExtractionOutcome.Ok, other.Outcome);
        Assert.Equal(ExtractionOutcome.Ok, (await Patient(extractor)).Outcome);
    }

    [Fact]
    public async Task Cancelling_kills_the_process()
    {
        await using var extractor = new DocumentExtractor();
        using var cancel = new CancellationTokenSource();
        var running = extractor.ExtractAsync(new MemoryStream(LongText(100)), "long.html", cancellation: cancel.Token);
        while (!extractor.Pool.Working.Any() && !running.IsCompleted)
        {
            await Task.Delay(5);
        }

        using var process = Process.GetProcessById(extractor.Pool.Working.Single().Id);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.True(process.WaitForExit(5000));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_process_ends_when_its_parent_does(bool whileParsing)
    {
        using var process = StartAlone();
        var input = process.StandardInput.BaseStream;
        Assert.Equal(FrameKind.Ready, (await Frames.ReadAsync(process.StandardOutput.BaseStream, 0, default))!.Value.Kind);
        if (whileParsing)
        {
            var request = new ExtractionRequest("long.html", null, null, new ExtractionOptions().Limits(), null, null);
            await Frames.WriteAsync(input, FrameKind.Request, JsonOf(request), default);
            foreach (var part in LongText(100).Chunk(Frames.ContentBytes))
            {
                await Frames.WriteAsync(input, FrameKind.Content, part, default);
            }

            await Frames.WriteAsync(input, FrameKind.EndOfContent, default, default);
            await input.FlushAsync();
        }

        process.StandardInput.Close();

        Assert.True(process.WaitForExit(10_000));
    }

    [Fact]
    public async Task The_process_sees_none_of_this_process_s_environment()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        Environment.SetEnvironmentVariable("PIPELINE_TEST_SECRET", "secret");
        await using var extractor = new DocumentExtractor();
        var parser = await extractor.Pool.RentAsync(default);

        var variables = (await File.ReadAllTextAsync($"/proc/{parser.Id}/environ"))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=')[0])
            .Except(["TMPDIR", "LD_LIBRARY_PATH", "DOTNET_ROOT", "TEMP", "TMP"])
            .Order(StringComparer.Ordinal);

        Assert.Equal(["DOTNET_EnableDiagnostics", "DOTNET_GCHeapHardLimit", "DOTNET_gcConcurrent"], variables);
        await extractor.Pool.ReturnAsync(parser, healthy: true);
    }

    [Fact]
    public async Task A_process_is_replaced_after_its_share_of_documents()
    {
        await using var extractor = new DocumentExtractor(new ExtractionOptions { DocumentsPerProcess = 2, MaxProcesses = 1 });
        for (var i = 0; i < 5; i++)
        {
            await Patient(extractor);
        }

        Assert.Equal(3, extractor.Pool.Started);
    }

    [Fact]
    public async Task Inflation_stops_at_its_limit_whatever_the_archive_declares()
    {
        await using var extractor = new DocumentExtractor(new ExtractionOptions { MaxInflatedBytes = 1024 * 1024 });

        var document = await extractor.ExtractAsync(Corpus.PathOf("hostile/zip-bomb.docx"));

        Assert.Equal(ExtractionOutcome.TooLarge, document.Outcome);
        Assert.Contains("1,048,576 bytes", document.Problem!.Detail, StringComparison.Ordinal);
    }

    private static Process StartAlone()
    {
        var command = ParserCommand.Find();
        return Process.Start(new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
    }

    private static byte[] JsonOf(ExtractionRequest request) =>
        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(request, ExtractionJson.Default.ExtractionRequest);

    private static Task<ExtractedDocument> Patient(DocumentExtractor extractor) => extractor.ExtractAsync(new MemoryStream("short"u8.ToArray()), "short.txt");

    /// <summary>So many thousand paragraphs of HTML; a thousand take about a tenth of a second to parse.</summary>
    private static byte[] LongText(int thousands)
    {
        var html = new StringBuilder("<html><body>");
        for (var i = 0; i < thousands * 1000; i++)
        {
            html.Append("<p>Paragraph ").Append(i).Append(" of <b>many</b> in a <i>long</i> page.</p>");
        }

        return Encoding.UTF8.GetBytes(html.ToString());
    }
}
