using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Analysis;

/// <summary>Names of the activities; each is a function of the app.</summary>
public static class Activities
{
    public const string AcceptDocument = "AcceptDocument";
    public const string RequestWork = "RequestWork";
    public const string CheckWork = "CheckWork";
    public const string PlanAnalysis = "PlanAnalysis";
    public const string PublishResult = "PublishResult";
    public const string RecordFailure = "RecordFailure";

    public static IReadOnlyList<string> All { get; } = [AcceptDocument, RequestWork, CheckWork, PlanAnalysis, PublishResult, RecordFailure];
}

/// <summary>Input of the workflow; the rest is in the request's record.</summary>
public sealed record AnalyzeInput(string RequestInstanceId, string? TraceParent = null);

public sealed record AcceptInput(string RequestInstanceId);

public enum AcceptOutcome
{
    /// <summary>This workflow owns the analysis' attempt.</summary>
    Started,

    /// <summary>The analysis has a result; its event was sent again.</summary>
    AlreadyDone,

    /// <summary>Another workflow is at it and will send the event.</summary>
    Joined,
}

/// <param name="Refusal">Why the attempt ends at once.</param>
public sealed record Accepted(AcceptOutcome Outcome, string AnalysisId, int Attempt, WaitRules Rules, Problem? Refusal = null);

/// <summary>The deployment's limits at the time of acceptance: a workflow must decide the same on every replay.</summary>
public sealed record WaitRules(double CheckSeconds, int MaxDispatches);

public sealed record RequestWorkInput(string AnalysisId, int Attempt, int Dispatch, WorkStage Stage, string InstanceId, string? Reason = null, string? TraceParent = null);

public sealed record CheckWorkInput(string AnalysisId, int Attempt, int Dispatch, WorkStage Stage);

public enum WorkVerdict
{
    Finished,
    Working,
    Waiting,
    Overdue,
    WaitedTooLong,

    /// <summary>The attempt has ended or was overtaken by another.</summary>
    Ended,
}

public sealed record WorkCheck(WorkVerdict Verdict, WorkOutcome? Outcome = null);

public sealed record AnalysisInput(string AnalysisId, int Attempt);

public sealed record FailureInput(string RequestInstanceId, string? AnalysisId = null, int Attempt = 0, Problem? Problem = null, bool Cancelled = false);

/// <summary>
/// What every activity returns. A failing HTTP status would lose its text on the way through the host, so business failures travel in
/// here: permanent ones end the analysis, transient ones are tried again.
/// </summary>
/// <param name="Value">JSON text: the host rewrites strings that look like dates inside JSON values, not inside a text.</param>
public sealed record StepResult(bool Ok, string? Value = null, Problem? Problem = null, bool Transient = false);
