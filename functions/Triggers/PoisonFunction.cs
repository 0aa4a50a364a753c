using System.Text.Json;
using Pipeline.Functions.Hosting;
using Pipeline.Workflows;
using Pipeline.Workflows.Analysis;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;

namespace Pipeline.Functions.Triggers;

/// <summary>A message failed too often: the failure is written where the document's owner will see it, not only in a queue.</summary>
internal sealed class PoisonFunction(string name, string queue, PipelineStorage storage, AttemptFailures failures, Rejections rejections) : IHostFunction
{
    public string Name => name;

    public async Task<object?> InvokeAsync(HostRequest request, CancellationToken cancellation)
    {
        var message = request.Value("message");
        var problem = ProblemTypes.Create(ProblemTypes.DeliveryFailed, $"A message on the queue '{queue}' failed again and again; the log of its reader tells why.");
        try
        {
            switch (queue)
            {
                case StorageNames.IntakeQueue when IntakeParser.Parse(message, storage.BlobEndpoint) is { } intake:
                    await failures.FailRequestAsync(Identity.Instance(intake), problem, cancellation);
                    return null;
                case StorageNames.ExtractionQueue or StorageNames.AnalysisQueue when message.ValueKind == JsonValueKind.Object && message.Deserialize<Envelope<WorkMessage>>(ContractJson.Strict)?.M is { IsValid: true } work:
                    if (await failures.FailWorkAsync(work, queue == StorageNames.ExtractionQueue ? WorkStage.Extraction : WorkStage.Analysis, cancellation)) return null;
                    break;
                default:
                    // A lost workflow event is made good by the workflow's own timer.
                    break;
            }
        }
        catch (Exception e) when (e is PermanentProblemException or JsonException)
        {
            problem = problem with { Errors = [e.Message] };
        }

        await rejections.RecordAsync(queue, request.Text("message"), problem, cancellation);
        return null;
    }
}
