using Azure;
using Azure.Storage.Queues.Models;
using Pipeline.Workflows;
using Pipeline.Workflows.Storage;
using Pipeline.Workflows.Telemetry;

namespace Pipeline.Functions.Triggers;

/// <summary>Length of every queue and age of what waits in it: what alerts are made of, since the service itself counts once an hour.</summary>
internal sealed class QueueGauges(PipelineStorage storage, TimeProvider time)
{
    public async Task RecordAsync(CancellationToken cancellation)
    {
        foreach (var name in StorageNames.Queues)
        {
            // Results wait for a reader of somebody else's; that is no trouble of ours.
            if (name == StorageNames.ResultsQueue) continue;
            var queue = storage.RawQueue(name);
            QueueProperties properties = await queue.GetPropertiesAsync(cancellation);
            PeekedMessage[] first = await queue.PeekMessagesAsync(1, cancellation);
            var age = first is [{ InsertedOn: { } inserted }] ? time.GetUtcNow() - inserted : TimeSpan.Zero;
            var tag = new KeyValuePair<string, object?>("pipeline.queue", name);
            PipelineTelemetry.QueueLength.Record(properties.ApproximateMessagesCount, tag);
            PipelineTelemetry.QueueAge.Record(Math.Max(0, age.TotalSeconds), tag);
        }
    }
}
