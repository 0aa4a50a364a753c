using Pipeline.Functions.Hosting;
using Pipeline.Workflows.Analysis;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Durable;
using Pipeline.Workflows.Durable.Wire;
using Pipeline.Workflows.Storage;

namespace Pipeline.Functions.Triggers;

/// <summary>
/// Once a minute: workflows that the infrastructure failed are set going again, failures nobody recorded are recorded, undecodable
/// poison messages are noted, and old histories removed.
/// </summary>
internal sealed class SweepFunction(PipelineStorage storage, DurableClients clients, AttemptFailures failures, UndecodablePoison poison, QueueGauges gauges, WorkflowOptions options, TimeProvider time) : IHostFunction
{
    /// <summary>What the extension writes when the call of this handler failed: it crashed, or was killed with its machine.</summary>
    internal const string KilledByInfrastructure = "failed with an unhandled exception";

    private static readonly TimeSpan LookBack = TimeSpan.FromDays(1);
    private static readonly OrchestrationStatus[] Ended = [OrchestrationStatus.Completed, OrchestrationStatus.Failed, OrchestrationStatus.Terminated];

    public string Name => "Sweep";

    public async Task<object?> InvokeAsync(HostRequest request, CancellationToken cancellation)
    {
        await clients.UseAsync(request, async client =>
        {
            await RecoverAsync(client, cancellation);
            if (time.GetUtcNow().Minute == 0) await PurgeAsync(client, cancellation);
            return true;
        });
        await poison.RecordAsync(cancellation);
        await gauges.RecordAsync(cancellation);
        return null;
    }

    private async Task RecoverAsync(DurableClient client, CancellationToken cancellation)
    {
        var since = time.GetUtcNow() - LookBack;
        await foreach (var instance in client.ListAsync([OrchestrationStatus.Failed, OrchestrationStatus.Terminated], cancellation))
        {
            if (instance.LastUpdatedTimestamp?.ToDateTimeOffset() < since) continue;
            if (IsKilled(instance) && await TryRewindAsync(client, instance.InstanceId, cancellation)) continue;
            var problem = ProblemTypes.Create(ProblemTypes.WorkflowFailed, $"The workflow {instance.InstanceId} ended without recording why: {Shorten(instance.Output ?? instance.FailureDetails?.ErrorMessage ?? "no output")}");
            await failures.FailRequestAsync(instance.InstanceId, problem, cancellation);
        }
    }

    private async Task<bool> TryRewindAsync(DurableClient client, string instanceId, CancellationToken cancellation)
    {
        var name = RequestBlobs.Record(instanceId);
        var record = await BlobJson.ReadVersionAsync<RequestRecord>(storage.Requests, name, cancellation);
        if (record is null || record.Value.Rewinds >= options.MaxRewinds) return false;
        // Counted before it is done: a sweep that dies in between must not rewind for ever.
        if (await BlobJson.ReplaceAsync(storage.Requests, name, record.Value with { Rewinds = record.Value.Rewinds + 1 }, record.ETag, cancellation) is null) return true;
        return await client.RewindAsync(instanceId, "The handler died during a call.", cancellation);
    }

    private async Task PurgeAsync(DurableClient client, CancellationToken cancellation)
    {
        var before = time.GetUtcNow() - TimeSpan.FromDays(options.HistoryDays);
        var old = new List<string>();
        await foreach (var instance in client.ListAsync(Ended, cancellation))
        {
            if (instance.LastUpdatedTimestamp?.ToDateTimeOffset() < before) old.Add(instance.InstanceId);
        }

        foreach (var instanceId in old) await client.PurgeAsync(instanceId, cancellation);
    }

    private static bool IsKilled(OrchestrationState instance)
        => instance.OrchestrationStatus == OrchestrationStatus.Failed
            && (instance.Output ?? instance.FailureDetails?.ErrorMessage ?? "").Contains(KilledByInfrastructure, StringComparison.Ordinal);

    private static string Shorten(string text) => text.Length <= 500 ? text : text[..500];
}
