using System.Text.Json;
using NJsonSchema;
using Pipeline.Local.Tests.Harness;
using Pipeline.Workflows;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Tests.EndToEnd;

/// <summary>The way of documents through all real parts: emulator, triggers, handler, durable engine, workers, model.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class PathTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Good_and_bad_documents_each_end_as_they_should()
    {
        await using var setup = await PipelineSetup.CreateAsync(workers: 1, environment: new Dictionary<string, string> { ["Worker__MemoryBytes"] = "1048576" });
        var storage = setup.Storage;
        await BlobJson.WriteAsync(storage.QuestionSets, "leases.json", new QuestionSet([new Question("Who?", "who")]));
        await BlobJson.WriteTextAsync(storage.QuestionSets, "twice.json", """{"questions":[{"id":"a","text":"Who?"},{"id":"a","text":"When?"}]}""", "application/json");
        await BlobJson.WriteTextAsync(storage.QuestionSets, "huge.json", $$"""{"questions":[{"text":"{{new string('x', 10_000_000)}}"}]}""", "application/json");

        await Documents.UploadAsync(storage, "plain.md", Documents.Text(1, 20));
        await Documents.UploadAsync(storage, "leases/by-folder.md", Documents.Text(2, 20));
        await Documents.UploadAsync(storage, "twice/a.md", Documents.Text(3, 5));
        await Documents.UploadAsync(storage, "huge/a.md", Documents.Text(4, 5));
        await Documents.UploadAsync(storage, "by-metadata.md", Documents.Text(5, 5), new Dictionary<string, string> { ["questions"] = Uri.EscapeDataString("""[{"text":"租金？"}]""") });
        await Documents.UploadAsync(storage, "unknown-set.md", Documents.Text(6, 5), new Dictionary<string, string> { ["question_set"] = "nowhere" });
        await Documents.UploadAsync(storage, "empty.md", "");
        await Documents.UploadAsync(storage, "blank.md", " \n\t\n ");
        await Documents.UploadAsync(storage, "long.md", Documents.Text(7, 600));
        await Documents.UploadAsync(storage, "wide.md", Documents.Text(8, 300));
        await Documents.UploadAsync(storage, "broken.pdf", "%PDF-1.7 and nothing else"u8.ToArray());
        await storage.Queue(StorageNames.IntakeQueue).SendMessageAsync("no json");
        await storage.RawQueue(StorageNames.IntakeQueue).SendMessageAsync("{not base64}");
        await storage.Queue(StorageNames.IntakeQueue).SendMessageAsync("""{"m":{"blob":"inbox/gone.md","requestId":"gone"}}""");
        await storage.Queue(StorageNames.IntakeQueue).SendMessageAsync("""{"m":{"blob":"inbox/plain.md","requestId":"old","eTag":"0x123"}}""");
        await storage.Queue(StorageNames.IntakeQueue).SendMessageAsync("""{"m":{"blob":"inbox/plain.md","requestId":"no-model","model":"nothing-like-it"}}""");
        await storage.Queue(StorageNames.ExtractionQueue).SendMessageAsync("""{"m":{"analysisId":"../x","attempt":1,"dispatch":1,"instanceId":"i"}}""");
        setup.Run.Start();

        await Outcome.DoneAsync(storage, Limit);
        await Outcome.EmptiedAsync(storage);
        var ends = await EndsAsync(storage);
        Assert.Equal("Succeeded", ends["inbox/plain.md"]);
        Assert.Equal("Succeeded", ends["inbox/leases/by-folder.md"]);
        Assert.Equal("Rejected invalid-questions", ends["inbox/twice/a.md"]);
        Assert.Equal("Rejected invalid-questions", ends["inbox/huge/a.md"]);
        Assert.Equal("Succeeded", ends["inbox/by-metadata.md"]);
        Assert.Equal("Rejected unknown-question-set", ends["inbox/unknown-set.md"]);
        Assert.Equal("Failed empty-document", ends["inbox/empty.md"]);
        Assert.Equal("Failed empty-document", ends["inbox/blank.md"]);
        Assert.Equal("Failed over-context", ends["inbox/long.md"]);
        Assert.Equal("Failed over-memory", ends["inbox/wide.md"]);
        Assert.Equal("Failed corrupt-document", ends["inbox/broken.pdf"]);
        Assert.Equal("Rejected document-missing", ends["inbox/gone.md gone"]);
        Assert.Equal("Rejected document-replaced", ends["inbox/plain.md old"]);
        Assert.Equal("Failed unknown-model", ends["inbox/plain.md no-model"]);

        var rejected = new List<string>();
        await foreach (var blob in storage.Requests.GetBlobsAsync(Azure.Storage.Blobs.Models.BlobTraits.None, Azure.Storage.Blobs.Models.BlobStates.None, "rejected/", default)) rejected.Add(blob.Name.Split('/')[1]);
        Assert.Equal(["extraction", "intake", "intake"], rejected.Order(StringComparer.Ordinal));
        await AssertResultAsync(storage, "inbox/plain.md", 4);
        await AssertResultAsync(storage, "inbox/leases/by-folder.md", 1);
        var events = await Outcome.EventsAsync(storage);
        Assert.Equal(events.Count, events.Select(e => e.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(ends.Values.Count(e => !e.StartsWith("Rejected", StringComparison.Ordinal)), events.Count);
        var schema = await SchemaAsync("cloud-event.schema.json");
        Assert.All(events, e => Assert.Empty(schema.Validate(ContractJson.Write(e))));
    }

    [Fact]
    public async Task Every_message_three_times_and_out_of_order_makes_one_result()
    {
        await using var setup = await PipelineSetup.CreateAsync(workers: 2);
        var storage = setup.Storage;
        var messages = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            await Documents.UploadAsync(storage, $"d{i}.md", Documents.Text(i, 30));
            var etag = (await storage.Container(StorageNames.InboxContainer).GetBlobClient($"d{i}.md").GetPropertiesAsync()).Value.ETag;
            messages.AddRange(Enumerable.Repeat(ContractJson.Write(new Envelope<IntakeMessage>(new IntakeMessage($"inbox/d{i}.md", etag.ToString("G")))), 2));
        }

        // With the event of the watcher each is there three times.
        new Random(3).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(messages));
        foreach (var message in messages) await storage.Queue(StorageNames.IntakeQueue).SendMessageAsync(message);
        setup.Run.Start();

        // Worker messages and events three times too: copies are made while they wait or are worked on.
        using var stop = new CancellationTokenSource();
        var copying = CopyMessagesAsync(storage, stop.Token);
        await Outcome.DoneAsync(storage, Limit);
        await stop.CancelAsync();
        await copying;
        await Outcome.EmptiedAsync(storage);

        Assert.Equal(4, (await Outcome.RequestsAsync(storage)).Count);
        Assert.Equal(4, (await Outcome.ResultsAsync(storage)).Count);
        var events = await Outcome.EventsAsync(storage);
        Assert.Equal(4, events.Select(e => e.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.All(events, e => Assert.Equal(AnalysisState.Succeeded, e.Data.State));
        var written = setup.WorkerLog().Where(l => l.Contains("written: True", StringComparison.Ordinal)).Select(Question).ToList();
        Assert.Equal(16, written.Count);
        Assert.Equal(16, written.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task The_same_bytes_again_are_the_same_analysis_until_forced()
    {
        await using var setup = await PipelineSetup.CreateAsync(workers: 1);
        var storage = setup.Storage;
        await Documents.UploadAsync(storage, "a.md", Documents.Text(1, 10));
        setup.Run.Start();
        await Outcome.DoneAsync(storage, Limit);

        await Documents.UploadAsync(storage, "copy/of/a.md", Documents.Text(1, 10));
        await WaitAsync(async () => (await Outcome.RequestsAsync(storage)).Count == 2);
        await Outcome.DoneAsync(storage, Limit);
        Assert.Single((await Outcome.RequestsAsync(storage)).Select(r => r.AnalysisId).Distinct(StringComparer.Ordinal));

        // A worker with an empty disk restores the document from the blob container instead of reading it again.
        setup.Run.Interrupt();
        await setup.Run.ExitAsync(TimeSpan.FromSeconds(60));
        foreach (var folder in Directory.GetDirectories(Path.Combine(setup.Folder, "run"), "kv-*")) Directory.Delete(folder, recursive: true);
        setup.Run.Start();
        await storage.Queue(StorageNames.IntakeQueue).SendMessageAsync("""{"m":{"blob":"inbox/a.md","requestId":"again","force":true}}""");
        await WaitAsync(async () => (await Outcome.RequestsAsync(storage)).Any(r => r.Attempt == 2));
        await Outcome.DoneAsync(storage, Limit);
        var ids = new List<string>();
        await WaitAsync(async () =>
        {
            ids.AddRange((await Outcome.EventsAsync(storage)).Select(e => e.Id));
            return ids.Count >= 3;
        });
        var analysis = (await Outcome.RequestsAsync(storage))[0].AnalysisId!;
        var again = await BlobJson.ReadAsync<AnalysisResult>(storage.Analyses, AnalysisBlobs.Result(analysis));
        Assert.All(again!.Answers, a => Assert.Equal((CacheState.Hit, a.Usage.CachedTokens), (a.Cache.State, a.Cache.TokensReused)));
        Assert.Equal([$"{analysis}-1", $"{analysis}-1", $"{analysis}-2"], ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_becomes_of_a_blob_in_work_changes_nothing()
    {
        await using var setup = await PipelineSetup.CreateAsync(workers: 1, environment: new Dictionary<string, string> { ["Worker__ChunkTokens"] = "16" });
        var storage = setup.Storage;
        await Documents.UploadAsync(storage, "replaced.md", Documents.Text(1, 60));
        await Documents.UploadAsync(storage, "deleted.md", Documents.Text(2, 60));
        setup.Run.Start();
        await WaitAsync(async () => (await Outcome.RequestsAsync(storage)).Count(r => r.AnalysisId is not null) == 2);
        await Documents.UploadAsync(storage, "replaced.md", Documents.Text(3, 10));
        await storage.Container(StorageNames.InboxContainer).GetBlobClient("deleted.md").DeleteAsync(cancellationToken: TestContext.Current.CancellationToken);

        await WaitAsync(async () => (await Outcome.RequestsAsync(storage)).Count(r => r.AnalysisId is not null) == 3);
        await Outcome.DoneAsync(storage, Limit);
        var texts = new List<string>();
        foreach (var request in await Outcome.RequestsAsync(storage))
        {
            var result = await BlobJson.ReadAsync<AnalysisResult>(storage.Analyses, AnalysisBlobs.Result(request.AnalysisId!));
            Assert.Equal(AnalysisState.Succeeded, result!.State);
            var text = await BlobJson.ReadBytesAsync(storage.Documents, DocumentBlobs.Text(result.Document.Sha256), 1 << 20);
            texts.Add(System.Text.Encoding.UTF8.GetString(text!.Value.Content.Span).Split('\n')[0].TrimStart('#', ' '));
        }

        Assert.Equal(["Agreement 1", "Agreement 2", "Agreement 3"], texts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Cancel_stops_the_work_and_says_so()
    {
        await using var setup = await PipelineSetup.CreateAsync(workers: 1, environment: new Dictionary<string, string> { ["Worker__ChunkTokens"] = "16", ["Worker__MaxAnswerTokens"] = "4000" });
        var storage = setup.Storage;
        await Documents.UploadAsync(storage, "a.md", Documents.Text(1, 120));
        setup.Run.Start();
        RequestRecord? request = null;
        await WaitAsync(async () => (request = (await Outcome.RequestsAsync(storage)).FirstOrDefault(r => r.AnalysisId is not null)) is not null
            && (await BlobJson.ReadAsync<AnalysisStatus>(storage.Analyses, AnalysisBlobs.Status(request.AnalysisId!)))!.State is AnalysisState.Reading or AnalysisState.Answering);
        await new Sender(storage).SendAsync(new WorkflowEventMessage(request!.InstanceId, WorkflowEvents.Cancel));

        await Outcome.DoneAsync(storage, Limit);
        Assert.Equal("Cancelled", (await EndsAsync(storage))["inbox/a.md"]);
        await Outcome.EmptiedAsync(storage);
        Assert.Equal(CloudEvent.TypeCancelled, Assert.Single(await Outcome.EventsAsync(storage)).Type);
    }

    internal static string Question(string logLine)
    {
        var words = logLine[logLine.IndexOf("Answered ", StringComparison.Ordinal)..].Split(' ', ',');
        return $"{words[1]} {words[2]}";
    }

    internal static async Task WaitAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!await condition()) await Task.Delay(250, limit.Token);
    }

    internal static async Task<Dictionary<string, string>> EndsAsync(PipelineStorage storage)
    {
        var ends = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var request in await Outcome.RequestsAsync(storage))
        {
            var status = request.AnalysisId is null ? null : await BlobJson.ReadAsync<AnalysisStatus>(storage.Analyses, AnalysisBlobs.Status(request.AnalysisId));
            var problem = request.Error ?? status?.Error;
            var key = request.Message.RequestId is { } id ? $"{request.Message.Blob} {id}" : request.Message.Blob;
            ends.Add(key, $"{(request.State == RequestState.Rejected ? "Rejected" : status?.State.ToString())} {problem?.Type[ProblemTypes.Prefix.Length..]}".Trim());
        }

        return ends;
    }

    private static async Task AssertResultAsync(PipelineStorage storage, string blob, int answers)
    {
        var request = (await Outcome.RequestsAsync(storage)).First(r => r.Message.Blob == blob && r.Message.RequestId is null);
        var json = (await BlobJson.ReadBytesAsync(storage.Analyses, AnalysisBlobs.Result(request.AnalysisId!), 1 << 20))!.Value.Content;
        var text = System.Text.Encoding.UTF8.GetString(json.Span);
        Assert.Empty((await SchemaAsync("result.schema.json")).Validate(text));
        var result = JsonSerializer.Deserialize<AnalysisResult>(text, ContractJson.Strict)!;
        Assert.Equal(answers, result.Answers.Count);
        Assert.All(result.Answers, a => Assert.True(a.Usage is { InputTokens: > 0, CachedTokens: > 0, OutputTokens: > 0 }));
        var status = (await BlobJson.ReadBytesAsync(storage.Analyses, AnalysisBlobs.Status(request.AnalysisId!), 1 << 20))!.Value.Content;
        Assert.Empty((await SchemaAsync("status.schema.json")).Validate(System.Text.Encoding.UTF8.GetString(status.Span)));
        Assert.True(await storage.Analyses.GetBlobClient(AnalysisBlobs.Report(request.AnalysisId!)).ExistsAsync());
    }

    private static Task<JsonSchema> SchemaAsync(string file) => JsonSchema.FromFileAsync(Path.Combine(AppContext.BaseDirectory, "schemas", file));

    private static async Task CopyMessagesAsync(PipelineStorage storage, CancellationToken cancellation)
    {
        var copied = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var name in (string[])[StorageNames.ExtractionQueue, StorageNames.AnalysisQueue, StorageNames.WorkflowEventsQueue])
            {
                var queue = storage.Queue(name);
                foreach (var message in (await queue.PeekMessagesAsync(32, CancellationToken.None)).Value)
                {
                    var body = message.Body.ToString();
                    copied.TryGetValue(body, out var count);
                    if (count >= 2) continue;
                    copied[body] = count + 1;
                    await queue.SendMessageAsync(body, CancellationToken.None);
                }
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }
}
