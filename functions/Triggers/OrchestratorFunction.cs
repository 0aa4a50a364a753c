using Google.Protobuf;
using Pipeline.Functions.Hosting;
using Pipeline.Workflows.Analysis;
using Pipeline.Workflows.Durable;
using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Functions.Triggers;

/// <summary>Answers orchestrator calls. Always with 200: an HTTP error would fail the instance for good.</summary>
internal sealed partial class OrchestratorFunction(ILogger<OrchestratorFunction> log) : IHostFunction
{
    /// <summary>Answered in the form of that protocol (isDone, actions, error), which then fails the instance with this text.</summary>
    internal const string LegacyProtocol = "The Durable extension speaks its legacy JSON protocol: the app setting FUNCTIONS_WORKER_RUNTIME is not 'custom', or the extension bundle is older than 4.36.";

    private readonly OrchestratorRunner runner = new(AnalyzeDocument.Orchestrators);

    public string Name => AnalyzeDocument.Name;

    public Task<object?> InvokeAsync(HostRequest request, CancellationToken cancellation)
    {
        var context = request.Text("context");
        if (context.StartsWith('{')) return Task.FromResult<object?>(new { isDone = false, actions = Array.Empty<object>(), error = LegacyProtocol });

        OrchestratorRequest? call = null;
        OrchestratorResponse response;
        try
        {
            call = OrchestratorRequest.Parser.ParseFrom(Convert.FromBase64String(context));
            response = runner.Run(call);
        }
        catch (Exception e)
        {
            // Not the workflow's failure, which the runner reports, but ours: nothing is committed and the call comes again.
            Abandoned(e, call?.InstanceId ?? "unknown");
            response = new OrchestratorResponse { InstanceId = call?.InstanceId ?? "", RequiresHistory = true };
        }

        return Task.FromResult<object?>(Convert.ToBase64String(response.ToByteArray()));
    }

    [LoggerMessage(LogLevel.Error, "The orchestrator call of {Instance} could not be answered")]
    private partial void Abandoned(Exception error, string instance);
}
