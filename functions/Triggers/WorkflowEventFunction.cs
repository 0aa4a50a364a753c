using System.Diagnostics;
using System.Text.Json;
using Pipeline.Functions.Hosting;
using Pipeline.Workflows;
using Pipeline.Workflows.Analysis;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Durable;
using Pipeline.Workflows.Storage;
using Pipeline.Workflows.Telemetry;

namespace Pipeline.Functions.Triggers;

/// <summary>Raises what workers and people say in the workflow it is meant for.</summary>
internal sealed class WorkflowEventFunction(DurableClients clients, Rejections rejections, PipelineStorage storage) : IHostFunction
{
    private static readonly string[] Known = [WorkflowEvents.WorkFinished, WorkflowEvents.Cancel, WorkflowEvents.Purge];

    public string Name => "OnWorkflowEvent";

    public async Task<object?> InvokeAsync(HostRequest request, CancellationToken cancellation)
    {
        WorkflowEventMessage message;
        try
        {
            message = request.Value("message").Deserialize<Envelope<WorkflowEventMessage>>(ContractJson.Strict)?.M ?? throw new JsonException("It is null.");
            if (!InstanceIds.IsValid(message.InstanceId) || !Known.Contains(message.Event, StringComparer.Ordinal)) throw new JsonException("The instance id or the event is not valid.");
        }
        catch (JsonException e)
        {
            var problem = ProblemTypes.Create(ProblemTypes.InvalidMessage, $"The message is no workflow event: {e.Message}");
            await rejections.RecordAsync(StorageNames.WorkflowEventsQueue, request.Text("message"), problem, cancellation);
            return null;
        }

        using var span = PipelineTelemetry.Start("workflow event", ActivityKind.Consumer, message.TraceParent);
        span?.SetTag("pipeline.event", message.Event);
        if (message.Event == WorkflowEvents.Purge) return await PurgeAsync(request, message.InstanceId, cancellation);
        var payload = message.Finished is null ? "null" : ContractJson.Write(message.Finished);
        // False: the workflow has ended. What the event reports is in storage, so nothing is lost.
        await clients.UseAsync(request, client => client.RaiseEventAsync(message.InstanceId, message.Event, payload, cancellation));
        return null;
    }

    private async Task<object?> PurgeAsync(HostRequest request, string instanceId, CancellationToken cancellation)
    {
        await clients.UseAsync(request, async client =>
        {
            await client.TerminateAsync(instanceId, "deleted", cancellation);
            return await client.PurgeAsync(instanceId, cancellation);
        });
        await storage.Requests.GetBlobClient(RequestBlobs.Record(instanceId)).DeleteIfExistsAsync(cancellationToken: cancellation);
        return null;
    }
}
