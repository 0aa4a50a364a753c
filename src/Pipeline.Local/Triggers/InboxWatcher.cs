using System.Text.Json.Nodes;
using Azure;
using Pipeline.Local.Durable;
using Pipeline.Workflows;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Triggers;

/// <summary>Plays Event Grid: tells the intake queue of every new blob, and of every new version, in the inbox.</summary>
internal sealed partial class InboxWatcher(PipelineStorage storage, HistoryDatabase seen, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await LookAsync(cancellation);
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException or IOException && !cancellation.IsCancellationRequested)
            {
                LookFailed(e.Message.Split('\n')[0]);
            }

            await Task.Delay(Poll, time, cancellation);
        }
    }

    /// <returns>How many blobs the inbox holds.</returns>
    public async Task<int> LookAsync(CancellationToken cancellation)
    {
        var inbox = storage.Container(StorageNames.InboxContainer);
        var count = 0;
        await foreach (var blob in inbox.GetBlobsAsync(cancellationToken: cancellation))
        {
            count++;
            var etag = blob.Properties.ETag.ToString()!.Trim('"');
            if (seen.HasSeen(blob.Name, etag)) continue;
            var created = new JsonObject
            {
                ["topic"] = "/local",
                ["subject"] = $"/blobServices/default/containers/{inbox.Name}/blobs/{blob.Name}",
                ["eventType"] = "Microsoft.Storage.BlobCreated",
                ["id"] = Guid.NewGuid().ToString(),
                ["eventTime"] = time.GetUtcNow().UtcDateTime.ToString("O"),
                ["dataVersion"] = "",
                ["metadataVersion"] = "1",
                ["data"] = new JsonObject
                {
                    ["api"] = "PutBlob",
                    ["eTag"] = etag,
                    ["contentType"] = blob.Properties.ContentType,
                    ["contentLength"] = blob.Properties.ContentLength,
                    ["blobType"] = "BlockBlob",
                    ["url"] = inbox.GetBlobClient(blob.Name).Uri.AbsoluteUri,
                },
            };
            await storage.Queue(StorageNames.IntakeQueue).SendMessageAsync(created.ToJsonString(), cancellation);
            // Told first, noted second: killed in between it is told twice, which changes nothing.
            seen.MarkSeen(blob.Name, etag);
        }

        return count;
    }

    [LoggerMessage(LogLevel.Warning, "The inbox can't be read: {Reason}")]
    private partial void LookFailed(string reason);
}
