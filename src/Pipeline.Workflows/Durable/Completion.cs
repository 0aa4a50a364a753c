using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Workflows.Durable;

/// <summary>The actions that end an instance or a generation of it.</summary>
internal static class Completion
{
    public static OrchestratorAction Completed(int id, string? result)
        => Create(id, new CompleteOrchestrationAction { OrchestrationStatus = OrchestrationStatus.Completed, Result = result ?? "null" });

    public static OrchestratorAction Terminated(int id, string? result)
        => Create(id, new CompleteOrchestrationAction { OrchestrationStatus = OrchestrationStatus.Terminated, Result = result });

    public static OrchestratorAction ContinuedAsNew(ReplayState state)
    {
        var complete = new CompleteOrchestrationAction { OrchestrationStatus = OrchestrationStatus.ContinuedAsNew, Result = state.NextInput };
        complete.CarryoverEvents.AddRange(state.UntakenEvents);
        return Create(state.NextId, complete);
    }

    public static OrchestratorAction Failed(int id, Exception error, bool nonRetriable)
        => Create(id, new CompleteOrchestrationAction { OrchestrationStatus = OrchestrationStatus.Failed, FailureDetails = Describe(error, nonRetriable) });

    private static TaskFailureDetails Describe(Exception error, bool nonRetriable)
    {
        var details = new TaskFailureDetails { ErrorType = error.GetType().FullName, ErrorMessage = error.Message, IsNonRetriable = nonRetriable };
        if (error is TaskFailedException { Details: { } inner }) details.InnerFailure = inner;
        return details;
    }

    private static OrchestratorAction Create(int id, CompleteOrchestrationAction complete) => new() { Id = id, CompleteOrchestration = complete };
}
