using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Workflows.Durable;

/// <summary>What one orchestrator call knows: open tasks, actions not yet in the history, events and waits.</summary>
internal sealed class ReplayState
{
    private readonly SortedDictionary<int, OrchestratorAction> actions = [];
    private readonly Dictionary<int, (string Name, TaskCompletionSource<string?> Task)> open = [];
    private readonly List<HistoryEvent> arrived = [];
    private readonly Dictionary<string, Stack<TaskCompletionSource<string?>>> waits = new(StringComparer.OrdinalIgnoreCase);
    private int sequence;

    public required string InstanceId { get; init; }

    public string Name { get; set; } = "";

    public string Version { get; set; } = "";

    public string? ExecutionId { get; set; }

    public string? Input { get; set; }

    public DateTimeOffset Now { get; set; }

    public bool IsReplaying { get; set; }

    public string? CustomStatus { get; set; }

    public bool IsContinuedAsNew { get; private set; }

    public string? NextInput { get; private set; }

    /// <summary>The id the next action would get; the completion takes it.</summary>
    public int NextId => sequence;

    public IEnumerable<OrchestratorAction> PendingActions => actions.Values;

    public IEnumerable<HistoryEvent> UntakenEvents => arrived;

    public Task<string?> Schedule(Func<int, OrchestratorAction> create)
    {
        var id = sequence++;
        var action = create(id);
        // No RunContinuationsAsynchronously: the code must run on, in order, on this thread.
        var completion = new TaskCompletionSource<string?>();
        actions.Add(id, action);
        open.Add(id, (NameOf(action), completion));
        return completion.Task;
    }

    public void Send(Func<int, OrchestratorAction> create)
    {
        var id = sequence++;
        actions.Add(id, create(id));
    }

    public Task<string?> WaitForEvent(string name)
    {
        var index = arrived.FindIndex(e => string.Equals(e.EventRaised.Name, name, StringComparison.OrdinalIgnoreCase));
        if (index >= 0)
        {
            var raised = arrived[index];
            arrived.RemoveAt(index);
            return Task.FromResult<string?>(raised.EventRaised.Input);
        }

        var completion = new TaskCompletionSource<string?>();
        if (!waits.TryGetValue(name, out var stack)) waits.Add(name, stack = new());
        stack.Push(completion);
        return completion.Task;
    }

    public void ContinueAsNew(string? input)
    {
        IsContinuedAsNew = true;
        NextInput = input;
    }

    /// <summary>The history says that this action was taken.</summary>
    public void Confirm(int id, OrchestratorAction.OrchestratorActionTypeOneofCase kind, string? name)
    {
        if (!actions.Remove(id, out var action)) throw new NonDeterminismException($"The history has {kind} '{name}' as step {id}, where the code does nothing. Has the workflow changed while instances ran?");
        if (action.OrchestratorActionTypeCase != kind || (name is not null && !string.Equals(NameOf(action), name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new NonDeterminismException($"The history has {kind} '{name}' as step {id}, the code {action.OrchestratorActionTypeCase} '{NameOf(action)}'. Has the workflow changed while instances ran?");
        }
    }

    /// <summary>A task is done; a second report about it is ignored.</summary>
    public void Complete(int id, string? result)
    {
        if (open.Remove(id, out var task)) task.Task.SetResult(result);
    }

    public void Fail(int id, TaskFailureDetails? details)
    {
        if (open.Remove(id, out var task)) task.Task.SetException(new TaskFailedException(task.Name, details));
    }

    public void Raise(HistoryEvent raised)
    {
        if (waits.TryGetValue(raised.EventRaised.Name, out var stack) && stack.TryPop(out var wait)) wait.SetResult(raised.EventRaised.Input);
        else arrived.Add(raised);
    }

    private static string NameOf(OrchestratorAction action) => action.OrchestratorActionTypeCase switch
    {
        OrchestratorAction.OrchestratorActionTypeOneofCase.ScheduleTask => action.ScheduleTask.Name,
        OrchestratorAction.OrchestratorActionTypeOneofCase.CreateSubOrchestration => action.CreateSubOrchestration.Name,
        OrchestratorAction.OrchestratorActionTypeOneofCase.SendEvent => action.SendEvent.Name,
        _ => "timer",
    };
}
