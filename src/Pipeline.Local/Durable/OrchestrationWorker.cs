using System.Collections.Concurrent;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Pipeline.Local.Triggers;
using Pipeline.Workflows.Durable.Wire;
using ActionKind = Pipeline.Workflows.Durable.Wire.OrchestratorAction.OrchestratorActionTypeOneofCase;

namespace Pipeline.Local.Durable;

/// <summary>
/// Plays the Durable extension's orchestration dispatcher: takes an instance's due messages, calls the orchestrator function, commits its
/// actions. A call that fails over HTTP fails the instance for good, as the extension has it; the app's sweep sets it going again.
/// </summary>
internal sealed partial class OrchestrationWorker(HistoryDatabase database, IReadOnlyList<FunctionEntry> functions, HandlerClient handler, Wakeup orchestrations, Wakeup activities, TimeProvider time, ILogger log)
{
    private const int MaxConcurrent = 10;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AbortPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, bool> running = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var wake = orchestrations.Next;
            foreach (var instance in Due())
            {
                if (running.Count >= MaxConcurrent) break;
                if (running.TryAdd(instance, true)) _ = EpisodeAsync(instance, cancellation);
            }

            await Task.WhenAny(wake, Task.Delay(Idle, cancellation));
        }
    }

    private List<string> Due() => database.Read(s => s.Query(
        "SELECT DISTINCT m.instance FROM messages m JOIN instances i ON i.id = m.instance WHERE m.due <= $p0 AND i.status IN ($p1, $p2) LIMIT 64",
        r => r.GetString(0),
        time.GetUtcNow().ToUnixTimeMilliseconds(),
        (int)OrchestrationStatus.Running,
        (int)OrchestrationStatus.Pending));

    private async Task EpisodeAsync(string instanceId, CancellationToken cancellation)
    {
        try
        {
            await RunEpisodeAsync(instanceId, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The run ends; the messages are still there.
        }
        catch (Exception e)
        {
            EpisodeFailed(e, instanceId);
            await Task.Delay(AbortPause, CancellationToken.None);
        }
        finally
        {
            running.TryRemove(instanceId, out _);
            orchestrations.Set();
        }
    }

    private async Task RunEpisodeAsync(string instanceId, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (instance, past, messages) = database.Read(s => (
            HistoryDatabase.Find(s, instanceId),
            HistoryDatabase.History(s, instanceId),
            s.Query("SELECT id, event FROM messages WHERE instance = $p0 AND due <= $p1 ORDER BY id", r => (Id: r.GetInt64(0), Event: HistoryEvent.Parser.ParseFrom((byte[])r[1])), instanceId, now.ToUnixTimeMilliseconds())));
        if (instance is null || !instance.IsRunning || messages.Count == 0) return;

        var started = Events.Message(now);
        started.OrchestratorStarted = new OrchestratorStartedEvent();
        var request = new OrchestratorRequest { InstanceId = instanceId, EntityParameters = new OrchestratorEntityParameters { EntityMessageReorderWindow = Duration.FromTimeSpan(TimeSpan.FromMinutes(30)) } };
        request.PastEvents.AddRange(past);
        request.NewEvents.Add(started);
        request.NewEvents.AddRange(messages.Select(m => m.Event));

        var function = functions.FirstOrDefault(f => f.TriggerType == "orchestrationTrigger" && string.Equals(f.Name, instance.Name, StringComparison.OrdinalIgnoreCase));
        var response = function is null ? Failure(instanceId, $"There is no orchestrator function '{instance.Name}'.") : await CallAsync(function, request, cancellation);
        if (response.RequiresHistory)
        {
            await Task.Delay(AbortPause, cancellation);
            return;
        }

        database.Write(s => Commit(s, instance, request.NewEvents, messages.ConvertAll(m => m.Id), response));
        activities.Set();
    }

    private async Task<OrchestratorResponse> CallAsync(FunctionEntry function, OrchestratorRequest request, CancellationToken cancellation)
    {
        try
        {
            var answer = await handler.InvokeAsync(function, HandlerClient.TextValue(Convert.ToBase64String(request.ToByteArray())), null, cancellation);
            if (answer is not { ValueKind: JsonValueKind.String } text) return Failure(request.InstanceId, "The function invocation resulted in a null response.");
            return OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(text.GetString()!));
        }
        catch (HttpRequestException e) when (!cancellation.IsCancellationRequested)
        {
            CallFailed(request.InstanceId, e.Message);
            return Failure(request.InstanceId, $"Function '{function.Name}' failed with an unhandled exception. {e.Message}");
        }
    }

    private static OrchestratorResponse Failure(string instanceId, string message) => new()
    {
        InstanceId = instanceId,
        Actions =
        {
            new OrchestratorAction
            {
                Id = int.MaxValue,
                CompleteOrchestration = new CompleteOrchestrationAction
                {
                    OrchestrationStatus = OrchestrationStatus.Failed,
                    FailureDetails = new TaskFailureDetails { ErrorType = "System.Exception", ErrorMessage = message },
                },
            },
        },
    };

    private void Commit(Statements s, InstanceRow instance, IEnumerable<HistoryEvent> newEvents, List<long> consumed, OrchestratorResponse response)
    {
        // Purged or replaced while the call ran: nothing of it counts.
        if (HistoryDatabase.Find(s, instance.Id)?.Execution != instance.Execution) return;
        var now = time.GetUtcNow();
        var events = new List<HistoryEvent>(newEvents);
        var (status, output) = (OrchestrationStatus.Running, (string?)null);
        foreach (var action in response.Actions)
        {
            events.Add(Events.Of(action, now));
            switch (action.OrchestratorActionTypeCase)
            {
                case ActionKind.ScheduleTask:
                    s.Execute("INSERT INTO activities (instance, execution, task, name, input) VALUES ($p0, $p1, $p2, $p3, $p4)", instance.Id, instance.Execution, action.Id, action.ScheduleTask.Name, action.ScheduleTask.Input);
                    break;
                case ActionKind.CreateTimer:
                    var fired = Events.Message(action.CreateTimer.FireAt.ToDateTimeOffset());
                    fired.TimerFired = new TimerFiredEvent { FireAt = action.CreateTimer.FireAt, TimerId = action.Id };
                    HistoryDatabase.Enqueue(s, instance.Id, fired, action.CreateTimer.FireAt.ToDateTimeOffset().ToUnixTimeMilliseconds());
                    break;
                case ActionKind.SendEvent:
                    var raised = Events.Message(now);
                    raised.EventRaised = new EventRaisedEvent { Name = action.SendEvent.Name, Input = action.SendEvent.Data };
                    HistoryDatabase.Enqueue(s, action.SendEvent.Instance.InstanceId, raised, now.ToUnixTimeMilliseconds());
                    break;
                case ActionKind.CompleteOrchestration when action.CompleteOrchestration.OrchestrationStatus == OrchestrationStatus.ContinuedAsNew:
                    throw new NotSupportedException("The local engine has no continue-as-new; the workflows of this project use none.");
                case ActionKind.CompleteOrchestration:
                    var complete = action.CompleteOrchestration;
                    status = complete.OrchestrationStatus;
                    output = complete.FailureDetails is { } failure ? $"{failure.ErrorType}: {failure.ErrorMessage}" : complete.Result;
                    break;
            }
        }

        var completed = Events.Message(now);
        completed.OrchestratorCompleted = new OrchestratorCompletedEvent();
        events.Add(completed);
        HistoryDatabase.Append(s, instance.Id, events);
        HistoryDatabase.SetStatus(s, instance.Id, status, output, response.CustomStatus, now.ToUnixTimeMilliseconds());
        foreach (var id in consumed) s.Execute("DELETE FROM messages WHERE id = $p0", id);
    }

    [LoggerMessage(LogLevel.Warning, "The orchestrator call of {Instance} failed: {Reason}")]
    private partial void CallFailed(string instance, string reason);

    [LoggerMessage(LogLevel.Error, "The episode of {Instance} was abandoned")]
    private partial void EpisodeFailed(Exception error, string instance);
}
