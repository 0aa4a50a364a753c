using System.Diagnostics;
using Pipeline.Functions.Hosting;
using Pipeline.Workflows;
using Pipeline.Workflows.Analysis;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;
using Pipeline.Workflows.Telemetry;

namespace Pipeline.Functions.Triggers;

/// <summary>Starts a workflow for a message or a blob event. The same request never starts a second one.</summary>
internal sealed partial class IntakeFunction(string name, PipelineStorage storage, DurableClients clients, Rejections rejections, TimeProvider time, ILogger<IntakeFunction> log) : IHostFunction
{
    public string Name => name;

    public async Task<object?> InvokeAsync(HostRequest request, CancellationToken cancellation)
    {
        IntakeMessage? message;
        try
        {
            message = IntakeParser.Parse(request.Value("message"), storage.BlobEndpoint);
        }
        catch (PermanentProblemException e)
        {
            // Trying again would not help, so it is not left to the poison queue.
            Rejected(e.Message);
            await rejections.RecordAsync(StorageNames.IntakeQueue, request.Text("message"), e.Problem, cancellation);
            return null;
        }

        if (message is null) return null;
        var instanceId = Identity.Instance(message);
        using var span = PipelineTelemetry.Start("intake", ActivityKind.Consumer, message.TraceParent);
        span?.SetTag("pipeline.instance", instanceId);
        var record = new RequestRecord(instanceId, RequestState.Received, message, time.GetUtcNow());
        await BlobJson.WriteOnceAsync(storage.Requests, RequestBlobs.Record(instanceId), record, cancellation);
        var input = ContractJson.Write(new AnalyzeInput(instanceId, span?.Id ?? message.TraceParent));
        await clients.UseAsync(request, client => client.StartOnceAsync(instanceId, AnalyzeDocument.Name, input, cancellation));
        return null;
    }

    [LoggerMessage(LogLevel.Warning, "A message was rejected: {Reason}")]
    private partial void Rejected(string reason);
}
