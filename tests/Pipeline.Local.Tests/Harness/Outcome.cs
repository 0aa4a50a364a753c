using System.Text.Json;
using Azure.Storage.Queues.Models;
using Pipeline.Workflows;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Tests.Harness;

/// <summary>What a run has left in storage.</summary>
internal static class Outcome
{
    public static async Task<IReadOnlyList<RequestRecord>> RequestsAsync(PipelineStorage storage)
    {
        var records = new List<RequestRecord>();
        await foreach (var blob in storage.Requests.GetBlobsAsync())
        {
            if (!blob.Name.StartsWith("rejected/", StringComparison.Ordinal)) records.Add((await BlobJson.ReadAsync<RequestRecord>(storage.Requests, blob.Name))!);
        }

        return records;
    }

    /// <summary>Results by document, without what may differ between two runs: times, tokens reused, attempts at them.</summary>
    public static async Task<SortedDictionary<string, string>> ResultsAsync(PipelineStorage storage)
    {
        var results = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var request in await RequestsAsync(storage))
        {
            if (request.AnalysisId is null) continue;
            var result = await BlobJson.ReadAsync<AnalysisResult>(storage.Analyses, AnalysisBlobs.Result(request.AnalysisId));
            if (result is null) continue;
            var answers = result.Answers.Select(a => a with { Usage = a.Usage with { PrefillMs = 0, DecodeMs = 0 }, Cache = new CacheUse(CacheState.Miss, 0) }).ToList();
            results.Add(request.Message.Blob, ContractJson.Write(result with { Answers = answers, Timings = new Timings(default, default), Cache = null }));
        }

        return results;
    }

    /// <summary>Document tokens that the last workers took from the KV store instead of computing them.</summary>
    public static async Task<long> ReusedTokensAsync(PipelineStorage storage)
    {
        var tokens = 0L;
        foreach (var request in await RequestsAsync(storage))
        {
            if (request.AnalysisId is { } id && await BlobJson.ReadAsync<AnalysisStatus>(storage.Analyses, AnalysisBlobs.Status(id)) is { Cache: { } cache }) tokens += cache.TokensReused;
        }

        return tokens;
    }

    public static async Task<IReadOnlyList<CloudEvent>> EventsAsync(PipelineStorage storage)
    {
        var events = new List<CloudEvent>();
        while (true)
        {
            QueueMessage[] messages = await storage.Queue(StorageNames.ResultsQueue).ReceiveMessagesAsync(32, TimeSpan.FromMinutes(10));
            if (messages.Length == 0) return events;
            events.AddRange(messages.Select(m => JsonSerializer.Deserialize<CloudEvent>(m.Body.ToString(), ContractJson.Tolerant)!));
        }
    }

    /// <summary>Messages in every queue but the results', visible or not.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> MessagesLeftAsync(PipelineStorage storage)
    {
        var left = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var queue in StorageNames.Queues.Where(q => q != StorageNames.ResultsQueue))
        {
            var count = (await storage.Queue(queue).GetPropertiesAsync()).Value.ApproximateMessagesCount;
            if (count > 0) left.Add(queue, count);
        }

        return left;
    }

    /// <summary>Waits until no message is left.</summary>
    public static async Task EmptiedAsync(PipelineStorage storage)
    {
        var limit = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var left = await MessagesLeftAsync(storage);
            if (left.Count == 0) return;
            if (TimeProvider.System.GetElapsedTime(limit) > TimeSpan.FromSeconds(60))
            {
                var texts = new List<string>();
                foreach (var queue in left.Keys) texts.AddRange((await storage.RawQueue(queue).PeekMessagesAsync(5)).Value.Select(m => $"{m.DequeueCount}: {m.Body}"));
                Assert.Fail($"Messages are left: {string.Join(", ", left.Select(l => $"{l.Key} {l.Value}"))}; visible ones: {string.Join("; ", texts)}");
            }

            await Task.Delay(250);
        }
    }

    /// <summary>Waits until every blob of the inbox has a request at its end.</summary>
    public static async Task DoneAsync(PipelineStorage storage, TimeSpan limit, Action<IReadOnlyCollection<Run.DocumentRow>>? eachLook = null)
    {
        var documents = new Run.DocumentTable(storage);
        using var stop = new CancellationTokenSource(limit);
        while (true)
        {
            await documents.RefreshAsync(stop.Token);
            if (documents.Rows.Count > 0 && documents.AllDone) return;
            eachLook?.Invoke(documents.Rows);
            try
            {
                await Task.Delay(500, stop.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail("Not done in time: " + string.Join("; ", documents.Rows.Where(r => !r.IsFinal).Select(r => $"{r.Name} {r.State} {ContractJson.Write(r.Status)}")));
            }
        }
    }
}
