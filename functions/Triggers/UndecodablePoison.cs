using Azure.Storage.Queues.Models;
using Pipeline.Workflows;
using Pipeline.Workflows.Analysis;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Functions.Triggers;

/// <summary>
/// A message that is not base64 goes to its poison queue as it is, where no trigger can decode it either. It is taken out here.
/// </summary>
internal sealed class UndecodablePoison(PipelineStorage storage, Rejections rejections)
{
    private const int Batch = 32;
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(5);

    public async Task RecordAsync(CancellationToken cancellation)
    {
        foreach (var queue in StorageNames.WorkQueues) await RecordAsync(queue, cancellation);
    }

    private async Task RecordAsync(string queue, CancellationToken cancellation)
    {
        var client = storage.RawQueue(queue + StorageNames.PoisonSuffix);
        PeekedMessage[] peeked = await client.PeekMessagesAsync(Batch, cancellation);
        if (peeked.All(m => IsBase64(m.Body))) return;
        QueueMessage[] messages = await client.ReceiveMessagesAsync(Batch, Glance, cancellation);
        foreach (var message in messages.Where(m => !IsBase64(m.Body)))
        {
            var problem = ProblemTypes.Create(ProblemTypes.InvalidMessage, "The message is not base64, as Event Grid and the Functions host send it.");
            await rejections.RecordAsync(queue, message.Body.ToString(), problem, cancellation);
            await client.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellation);
        }
    }

    private static bool IsBase64(BinaryData body) => System.Buffers.Text.Base64.IsValid(body.ToMemory().Span);
}
