namespace Pipeline.Workflows.Contracts;

/// <summary>Why something failed, as a problem object of RFC 9457. The same object stands in status, result, event and poison record.</summary>
/// <param name="Type">Stable URI of the cause, one of <see cref="ProblemTypes"/>.</param>
/// <param name="Title">The cause in a few words, the same for every occurrence.</param>
/// <param name="Detail">This occurrence: names, numbers and the way out. Never a stack trace.</param>
/// <param name="Errors">Single findings, where there are several.</param>
public sealed record Problem(string Type, string Title, string Detail, IReadOnlyList<string>? Errors = null);

/// <summary>A failure that trying again can't mend; it ends the analysis with its problem.</summary>
public sealed class PermanentProblemException(Problem problem, Exception? inner = null) : Exception(problem.Detail, inner)
{
    public PermanentProblemException(string type, string detail, IReadOnlyList<string>? errors = null)
        : this(ProblemTypes.Create(type, detail, errors))
    {
    }

    public Problem Problem { get; } = problem;
}
