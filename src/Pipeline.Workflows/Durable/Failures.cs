using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Workflows.Durable;

/// <summary>An activity or sub-orchestration failed.</summary>
public sealed class TaskFailedException(string name, TaskFailureDetails? details)
    : Exception(details?.ErrorMessage is { Length: > 0 } message ? message : $"'{name}' failed without saying why; is its function registered and enabled?")
{
    /// <summary>What the host reported; null where it reported nothing.</summary>
    public TaskFailureDetails? Details { get; } = details;
}

/// <summary>The code does not do what its history says it did.</summary>
public sealed class NonDeterminismException(string message) : Exception(message);
