using Pipeline.Workflows.Durable.Wire;
using ActionKind = Pipeline.Workflows.Durable.Wire.OrchestratorAction.OrchestratorActionTypeOneofCase;
using EventKind = Pipeline.Workflows.Durable.Wire.HistoryEvent.EventTypeOneofCase;

namespace Pipeline.Workflows.Durable;

/// <summary>
/// Answers one orchestrator call of the Durable Task extension: replays the history through the workflow code and returns what is to
/// be done next. Rules as in microsoft/durabletask-dotnet and durabletask-go.
/// </summary>
public sealed class OrchestratorRunner(IReadOnlyDictionary<string, Orchestrator> orchestrators)
{
    public OrchestratorResponse Run(OrchestratorRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Properties.TryGetValue("IncludeState", out var included) && included.KindCase == Google.Protobuf.WellKnownTypes.Value.KindOneofCase.BoolValue && !included.BoolValue)
        {
            // An extended session without history: nothing is kept here between calls.
            return new OrchestratorResponse { InstanceId = request.InstanceId, RequiresHistory = true };
        }

        return new Episode(orchestrators, request.InstanceId).Run(request);
    }

    private sealed class Episode(IReadOnlyDictionary<string, Orchestrator> orchestrators, string instanceId)
    {
        private readonly ReplayState state = new() { InstanceId = instanceId };
        private readonly ReplayThread thread = new();
        private readonly List<HistoryEvent> held = [];
        private Task<string?>? code;
        private bool suspended;
        private ExecutionTerminatedEvent? terminated;

        public OrchestratorResponse Run(OrchestratorRequest request)
        {
            try
            {
                state.IsReplaying = true;
                foreach (var e in request.PastEvents) Handle(e);
                state.IsReplaying = false;
                foreach (var e in request.NewEvents) Handle(e);
            }
            catch (NonDeterminismException e)
            {
                return Answer([], Completion.Failed(state.NextId, e, nonRetriable: true));
            }

            if (terminated is not null) return Answer([], Completion.Terminated(state.NextId, terminated.Input));
            if (suspended) return Answer([], null);
            var actions = state.PendingActions;
            if (code is not { IsCompleted: true })
            {
                return state.IsContinuedAsNew ? Answer(actions, Completion.ContinuedAsNew(state)) : Answer(actions, null);
            }

            if (code.IsFaulted) return Answer(actions, Completion.Failed(state.NextId, code.Exception.InnerException ?? code.Exception, nonRetriable: false));
            if (state.IsContinuedAsNew) return Answer(actions, Completion.ContinuedAsNew(state));
            return Answer(actions, Completion.Completed(state.NextId, code.IsCanceled ? null : code.GetAwaiter().GetResult()));
        }

        private OrchestratorResponse Answer(IEnumerable<OrchestratorAction> actions, OrchestratorAction? completion)
        {
            var response = new OrchestratorResponse { InstanceId = instanceId, CustomStatus = state.CustomStatus };
            response.Actions.AddRange(actions);
            if (completion is not null) response.Actions.Add(completion);
            return response;
        }

        private void Handle(HistoryEvent e)
        {
            if (e.EventTypeCase == EventKind.OrchestratorStarted)
            {
                state.Now = e.Timestamp.ToDateTimeOffset();
                return;
            }

            if (suspended && e.EventTypeCase is not (EventKind.ExecutionResumed or EventKind.ExecutionTerminated))
            {
                if (e.EventTypeCase != EventKind.ExecutionSuspended) held.Add(e);
                return;
            }

            switch (e.EventTypeCase)
            {
                case EventKind.ExecutionStarted when code is null: Start(e.ExecutionStarted); break;
                case EventKind.TaskScheduled: state.Confirm(e.EventId, ActionKind.ScheduleTask, e.TaskScheduled.Name); break;
                case EventKind.SubOrchestrationInstanceCreated: state.Confirm(e.EventId, ActionKind.CreateSubOrchestration, e.SubOrchestrationInstanceCreated.Name); break;
                case EventKind.TimerCreated: state.Confirm(e.EventId, ActionKind.CreateTimer, null); break;
                case EventKind.EventSent: state.Confirm(e.EventId, ActionKind.SendEvent, e.EventSent.Name); break;
                case EventKind.TaskCompleted: thread.Run(() => state.Complete(e.TaskCompleted.TaskScheduledId, e.TaskCompleted.Result)); break;
                case EventKind.SubOrchestrationInstanceCompleted: thread.Run(() => state.Complete(e.SubOrchestrationInstanceCompleted.TaskScheduledId, e.SubOrchestrationInstanceCompleted.Result)); break;
                case EventKind.TimerFired: thread.Run(() => state.Complete(e.TimerFired.TimerId, null)); break;
                case EventKind.TaskFailed: thread.Run(() => state.Fail(e.TaskFailed.TaskScheduledId, e.TaskFailed.FailureDetails)); break;
                case EventKind.SubOrchestrationInstanceFailed: thread.Run(() => state.Fail(e.SubOrchestrationInstanceFailed.TaskScheduledId, e.SubOrchestrationInstanceFailed.FailureDetails)); break;
                case EventKind.EventRaised: thread.Run(() => state.Raise(e)); break;
                case EventKind.ExecutionSuspended: suspended = true; break;
                case EventKind.ExecutionResumed: Resume(); break;
                case EventKind.ExecutionTerminated: terminated = e.ExecutionTerminated; break;
                default: break; // Entities and whatever comes later: nothing that concerns this code.
            }
        }

        private void Start(ExecutionStartedEvent started)
        {
            state.Name = started.Name;
            state.Version = started.Version ?? "";
            state.ExecutionId = started.OrchestrationInstance?.ExecutionId;
            state.Input = started.Input;
            if (!orchestrators.TryGetValue(started.Name, out var orchestrator))
            {
                code = Task.FromException<string?>(new InvalidOperationException($"This app has no workflow '{started.Name}'."));
                return;
            }

            thread.Run(() => code = Start(orchestrator));
        }

        private async Task<string?> Start(Orchestrator orchestrator) => await orchestrator(new OrchestrationContext(state));

        private void Resume()
        {
            suspended = false;
            var events = held.ToArray();
            held.Clear();
            foreach (var e in events) Handle(e);
        }
    }
}
