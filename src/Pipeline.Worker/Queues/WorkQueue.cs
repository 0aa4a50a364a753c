using System.Text.Json;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Pipeline.Workflows;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Worker.Queues;

/// <summary>One work queue and its poison queue.</summary>
internal sealed class WorkQueue(PipelineStorage storage, string name, WorkerOptions options, TimeProvider time)
{
    // Raw, since a message that is not base64 must reach the poison queue as it is.
    private readonly QueueClient queue = storage.RawQueue(name);
    private readonly QueueClient poison = storage.RawQueue(name + StorageNames.PoisonSuffix);

    /// <returns>Null if there is nothing to do: the queue is empty, or what came was poison.</returns>
    public async Task<WorkItem?> ReceiveAsync(CancellationToken cancellation)
    {
        var visibility = TimeSpan.FromSeconds(options.VisibilitySeconds);
        QueueMessage? message = await queue.ReceiveMessageAsync(visibility, cancellation);
        if (message is null) return null;
        if (message.DequeueCount <= options.MaxDeliveries && TryRead(message.Body) is { } work) return new WorkItem(queue, message, work, visibility, time);

        // A function of the app reads the poison queue and tells the workflow.
        await poison.SendMessageAsync(message.Body, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken: cancellation);
        await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellation);
        return null;
    }

    private static WorkMessage? TryRead(BinaryData body)
    {
        try
        {
            var work = JsonSerializer.Deserialize<Envelope<WorkMessage>>(Convert.FromBase64String(body.ToString()), ContractJson.Strict)?.M;
            return work is { IsValid: true } ? work : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}
