using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Local.Tests.Harness;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Tests.EndToEnd;

/// <summary>Many small documents, one of them a bomb; 500 of them where PIPELINE_LONG_TESTS is 1.</summary>
[Collection(EndToEndCollection.Name)]
public sealed partial class ManyDocumentsTests(ITestOutputHelper output)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1";
    private static readonly int Count = Environment.GetEnvironmentVariable("PIPELINE_DOCUMENTS") is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : Long ? 500 : 10;

    [Fact]
    public async Task One_bad_document_stops_no_other_and_no_status_is_stale()
    {
        // Parallel tests share two cores with this one; alone, as the long run is, the limit is the promised one.
        var staleLimit = TimeSpan.FromSeconds(Long ? 5 : 20);
        // Proxies count; intervals are those that a user has.
        await using var setup = await PipelineSetup.CreateAsync(workers: 2, seed: 7, environment: new Dictionary<string, string> { ["Pipeline__CheckSeconds"] = "60", ["Worker__PollSeconds"] = "2" }, timerSeconds: null);
        for (var i = 0; i < Count; i++) await Documents.UploadAsync(setup.Storage, $"d{i:000}.md", Documents.Text(i, 8));
        await Documents.UploadAsync(setup.Storage, "bomb.docx", Bomb());
        var clock = Stopwatch.StartNew();
        setup.Run.Start();
        var (stalest, seen) = (TimeSpan.Zero, 0);
        await Outcome.DoneAsync(setup.Storage, TimeSpan.FromMinutes(Long ? 20 : 2), rows =>
        {
            var now = TimeProvider.System.GetUtcNow();
            foreach (var age in rows.Where(r => r.IsInWork).Select(r => now - r.Status!.Heartbeat!.Value))
            {
                seen++;
                stalest = age > stalest ? age : stalest;
            }
        });
        clock.Stop();

        var statuses = await StatusesAsync(setup.Storage);
        Assert.Equal(Count + 1, statuses.Count);
        Assert.Equal(Count, statuses.Count(s => s.State == AnalysisState.Succeeded));
        var bomb = Assert.Single(statuses, s => s.Document.Name == "bomb.docx");
        Assert.Equal(AnalysisState.Failed, bomb.State);
        Assert.NotNull(bomb.Error);
        var waits = setup.WorkerLog().Select(l => Waited().Match(l)).Where(m => m.Success).ToLookup(m => m.Groups[1].Value, m => double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {Count} documents, 2 workers: {clock.Elapsed.TotalSeconds:0.0} s, {Count / clock.Elapsed.TotalSeconds:0.00} documents/s; {(double)setup.Requests / Count:0} storage requests a document (polling included)
            oldest status of a working analysis {stalest.TotalSeconds:0.0} s in {seen} looks; bomb: {bomb.Error!.Type}
            median wait in the queue {Median(waits["Extraction"]):0.0} s for extraction, {Median(waits["Analysis"]):0.0} s for analysis; median time from acceptance to result {Median(statuses.Select(s => (s.UpdatedAt - s.AcceptedAt).TotalSeconds)):0.0} s
            """));
        foreach (var (kind, requests) in setup.Proxies.SelectMany(p => p.RequestsByKind).OrderByDescending(r => r.Value).Take(40)) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(double)requests / Count,8:0.0}  {kind}"));
        Assert.True(stalest < staleLimit, $"A working analysis had a status {stalest.TotalSeconds:0.0} s old.");
    }

    [GeneratedRegex("Takes ([A-Za-z]+) of .* after ([0-9.]+) s", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Waited();

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
