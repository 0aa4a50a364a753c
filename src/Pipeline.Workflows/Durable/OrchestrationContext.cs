using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Workflows.Durable;

/// <summary>A workflow: deterministic code that awaits only the tasks its context gives out.</summary>
/// <returns>The output as JSON text; null for none.</returns>
public delegate Task<string?> Orchestrator(OrchestrationContext context);

/// <summary>What workflow code may do. Inputs, outputs and events are JSON texts.</summary>
public sealed class OrchestrationContext
{
    /// <summary>Longest single timer; longer ones are chained. Azure queues hide a message for at most seven days.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(3);

    private readonly ReplayState state;
    private int guids;

    internal OrchestrationContext(ReplayState state) => this.state = state;

    public string InstanceId => state.InstanceId;

    public string Name => state.Name;

    /// <summary>The version the instance was started with; empty where none was given.</summary>
    public string Version => state.Version;

    public string? Input => state.Input;

    /// <summary>The workflow's time: that of the episode being replayed.</summary>
    public DateTimeOffset CurrentUtc => state.Now;

    /// <summary>True while old history is replayed: what is logged then was logged before.</summary>
    public bool IsReplaying => state.IsReplaying;

    /// <summary>Completes with the activity's result, or fails with <see cref="TaskFailedException"/>.</summary>
    public Task<string?> CallActivityAsync(string name, string? input = null)
        => state.Schedule(id => new OrchestratorAction { Id = id, ScheduleTask = new ScheduleTaskAction { Name = name, Input = input } });

    /// <param name="instanceId">Must be the same on every replay; derived from this instance where absent.</param>
    public Task<string?> CallSubOrchestrationAsync(string name, string? input = null, string? instanceId = null)
        => state.Schedule(id => new OrchestratorAction
        {
            Id = id,
            CreateSubOrchestration = new CreateSubOrchestrationAction { InstanceId = instanceId ?? $"{state.ExecutionId ?? state.InstanceId}:{id}", Name = name, Input = input },
        });

    /// <summary>Completes once the workflow's time has reached <paramref name="fireAt"/>.</summary>
    public async Task CreateTimerAsync(DateTimeOffset fireAt)
    {
        do
        {
            var limit = CurrentUtc + LongestTimer;
            var next = fireAt < limit ? fireAt : limit;
            await state.Schedule(id => new OrchestratorAction { Id = id, CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTimeOffset(next) } });
        }
        while (CurrentUtc < fireAt);
    }

    /// <summary>
    /// The payload of the next event of that name, ignoring case. Events that came earlier are kept. Of several waits for one name the
    /// newest gets the event, so that an abandoned wait swallows none while a newer one is open.
    /// </summary>
    public Task<string?> WaitForEventAsync(string name) => state.WaitForEvent(name);

    public void SendEvent(string instanceId, string name, string? data)
        => state.Send(id => new OrchestratorAction
        {
            Id = id,
            SendEvent = new SendEventAction { Instance = new OrchestrationInstance { InstanceId = instanceId }, Name = name, Data = data },
        });

    /// <summary>Shown with the instance; at most 8,192 characters, or the extension would fail the instance.</summary>
    public void SetCustomStatus(string? json)
    {
        if (json?.Length > 8192) throw new ArgumentException($"The custom status has {json.Length} characters; 8,192 are allowed.", nameof(json));
        state.CustomStatus = json;
    }

    /// <summary>Ends this generation; the next starts with <paramref name="input"/> and the events not yet taken.</summary>
    public void ContinueAsNew(string? input) => state.ContinueAsNew(input);

    /// <summary>The same on every replay.</summary>
    public Guid NewGuid()
    {
        var seed = $"{state.ExecutionId ?? InstanceId}\n{CurrentUtc.UtcTicks}\n{guids++}";
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(seed)).AsSpan(0, 16));
    }
}
