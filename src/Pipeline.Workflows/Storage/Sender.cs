using System.Diagnostics;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Storage;

/// <summary>Sends messages in their envelope. A trace that a message names goes on; ASP.NET's own spans know nothing of it.</summary>
public sealed class Sender(PipelineStorage storage)
{
    public Task SendAsync(string queue, WorkMessage message, CancellationToken cancellation = default)
        => SendTextAsync(queue, ContractJson.Write(new Envelope<WorkMessage>(message with { TraceParent = message.TraceParent ?? Activity.Current?.Id })), cancellation);

    public Task SendAsync(string queue, IntakeMessage message, CancellationToken cancellation = default)
        => SendTextAsync(queue, ContractJson.Write(new Envelope<IntakeMessage>(message with { TraceParent = message.TraceParent ?? Activity.Current?.Id })), cancellation);

    public Task SendAsync(WorkflowEventMessage message, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return SendTextAsync(StorageNames.WorkflowEventsQueue, ContractJson.Write(new Envelope<WorkflowEventMessage>(message with { TraceParent = message.TraceParent ?? Activity.Current?.Id })), cancellation);
    }

    public Task SendAsync(CloudEvent cloudEvent, CancellationToken cancellation = default)
        => SendTextAsync(StorageNames.ResultsQueue, ContractJson.Write(cloudEvent), cancellation);

    private async Task SendTextAsync(string queue, string text, CancellationToken cancellation)
        => await storage.Queue(queue).SendMessageAsync(text, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken: cancellation);
}
