using Google.Protobuf.WellKnownTypes;
using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Local.Durable;

/// <summary>History events as the extension writes them: messages have the id -1, what an action left has the action's.</summary>
internal static class Events
{
    public static HistoryEvent Message(DateTimeOffset now) => new() { EventId = -1, Timestamp = Timestamp.FromDateTimeOffset(now) };

    public static HistoryEvent Of(OrchestratorAction action, DateTimeOffset now)
    {
        var e = new HistoryEvent { EventId = action.Id, Timestamp = Timestamp.FromDateTimeOffset(now) };
        switch (action.OrchestratorActionTypeCase)
        {
            case OrchestratorAction.OrchestratorActionTypeOneofCase.ScheduleTask:
                e.TaskScheduled = new TaskScheduledEvent { Name = action.ScheduleTask.Name };
                break;
            case OrchestratorAction.OrchestratorActionTypeOneofCase.CreateTimer:
                e.TimerCreated = new TimerCreatedEvent { FireAt = action.CreateTimer.FireAt };
                break;
            case OrchestratorAction.OrchestratorActionTypeOneofCase.SendEvent:
                e.EventSent = new EventSentEvent { InstanceId = action.SendEvent.Instance.InstanceId, Name = action.SendEvent.Name };
                break;
            case OrchestratorAction.OrchestratorActionTypeOneofCase.CompleteOrchestration:
                e.ExecutionCompleted = new ExecutionCompletedEvent
                {
                    OrchestrationStatus = action.CompleteOrchestration.OrchestrationStatus,
                    Result = action.CompleteOrchestration.Result,
                    FailureDetails = action.CompleteOrchestration.FailureDetails,
                };
                break;
            default:
                throw new NotSupportedException($"The local engine has no {action.OrchestratorActionTypeCase}; the workflows of this project use none.");
        }

        return e;
    }
}
