using Pipeline.Worker.Fencing;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Worker;

/// <summary>What a role does with one message.</summary>
internal interface IWork
{
    WorkStage Stage { get; }

    /// <summary>Does the work; what exists already is not done again.</summary>
    /// <param name="mayWrite">False once another worker may have taken over; looked at before each write.</param>
    /// <exception cref="PermanentProblemException">Trying again would not help.</exception>
    Task RunAsync(WorkMessage message, ProgressReporter progress, Func<bool> mayWrite, CancellationToken cancellation);
}
