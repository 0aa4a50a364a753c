using System.Diagnostics;
using Pipeline.Local.Tests.Harness;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Tests.EndToEnd;

/// <summary>Many small documents, one of them a bomb; 500 of them where PIPELINE_LONG_TESTS is 1.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class ManyDocumentsTests(ITestOutputHelper output)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1";
    private static readonly int Count = Long ? 500 : 10;

    [Fact]
    public async Task One_bad_document_stops_no_other_and_no_status_is_stale()
    {
        // Parallel tests share two cores with this one; alone, as the long run is, the limit is the promised one.
        var staleLimit = TimeSpan.FromSeconds(Long ? 5 : 20);
        await using var setup = await PipelineSetup.CreateAsync(workers: 2, seed: 7, environment: new Dictionary<string, string> { ["Pipeline__CheckSeconds"] = "60" });
        for (var i = 0; i < Count; i++) await Documents.UploadAsync(setup.Storage, $"d{i:000}.md", Documents.Text(i, 8));
        await Documents.UploadAsync(setup.Storage, "bomb.docx", Bomb());
        var before = setup.Requests;
        var clock = Stopwatch.StartNew();
        setup.Run.Start();

        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(setup.Storage, stop.Token);
        await Outcome.DoneAsync(setup.Storage, TimeSpan.FromMinutes(Long ? 20 : 2));
        clock.Stop();
        await stop.CancelAsync();
        var (stalest, seen) = await watching;

        var statuses = await StatusesAsync(setup.Storage);
        Assert.Equal(Count + 1, statuses.Count);
        Assert.Equal(Count, statuses.Count(s => s.State == AnalysisState.Succeeded));
        var bomb = Assert.Single(statuses, s => s.Document.Name == "bomb.docx");
        Assert.Equal(AnalysisState.Failed, bomb.State);
        Assert.NotNull(bomb.Error);
        Assert.True(stalest < staleLimit, $"A working analysis had a status {stalest.TotalSeconds:0.0} s old.");
        var requests = setup.Requests - before;
        output.WriteLine(
            $"{Count} documents, 2 workers: {clock.Elapsed.TotalSeconds:0.0} s, {Count / clock.Elapsed.TotalSeconds:0.00} documents/s; " +
            $"{(double)requests / Count:0} storage requests a document (polling included); oldest status of a working analysis {stalest.TotalSeconds:0.0} s in {seen} looks; " +
            $"bomb: {bomb.Error!.Type}; median time from acceptance to result {Median(statuses.Select(s => (s.UpdatedAt - s.AcceptedAt).TotalSeconds)):0.0} s");
    }

    /// <summary>Looks at statuses while they change and remembers the oldest sign of life of a working analysis.</summary>
    private static async Task<(TimeSpan Stalest, int Seen)> WatchAsync(PipelineStorage storage, CancellationToken cancellation)
    {
        var stalest = TimeSpan.Zero;
        var seen = 0;
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var status in await StatusesAsync(storage))
            {
                if (status.Heartbeat is not { } heartbeat || status.State is not (AnalysisState.Reading or AnalysisState.Answering or AnalysisState.Extracting)) continue;
                seen++;
                var age = TimeProvider.System.GetUtcNow() - heartbeat;
                if (age <= stalest) continue;
                // A worker that is done gives no sign of life; then the workflow is at it.
                if (await storage.Analyses.GetBlobClient(AnalysisBlobs.Outcome(status.AnalysisId, status.Attempt, status.Dispatch)).ExistsAsync(CancellationToken.None)) continue;
                stalest = age;
            }

            await Task.Delay(1000, CancellationToken.None);
        }

        return (stalest, seen);
    }

    private static async Task<List<AnalysisStatus>> StatusesAsync(PipelineStorage storage)
    {
        var statuses = new List<AnalysisStatus>();
        await foreach (var blob in storage.Analyses.GetBlobsAsync(cancellationToken: CancellationToken.None))
        {
            if (blob.Name.EndsWith("/status.json", StringComparison.Ordinal) && await BlobJson.ReadAsync<AnalysisStatus>(storage.Analyses, blob.Name) is { } status) statuses.Add(status);
        }

        return statuses;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    /// <summary>A package whose one part inflates to 400 times its size and more than the extractor allows.</summary>
    private static byte[] Bomb()
    {
        using var buffer = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(buffer, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            using var types = new StreamWriter(zip.CreateEntry("[Content_Types].xml").Open());
            types.Write("""<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>""");
            types.Dispose();
            using var rels = new StreamWriter(zip.CreateEntry("_rels/.rels").Open());
            rels.Write("""<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>""");
            rels.Dispose();
            using var document = new StreamWriter(zip.CreateEntry("word/document.xml", System.IO.Compression.CompressionLevel.Fastest).Open());
            document.Write("""<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>""");
            var blanks = new string('a', 1 << 20);
            for (var i = 0; i < 200; i++) document.Write(blanks);
            document.Write("</w:t></w:r></w:p></w:body></w:document>");
        }

        return buffer.ToArray();
    }
}
