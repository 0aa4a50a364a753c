namespace Pipeline.Workflows.Contracts;

public enum AnalysisState
{
    Accepted,
    Extracting,
    Queued,
    Reading,
    Answering,
    Succeeded,
    PartlySucceeded,
    Failed,
    Cancelled,
}

/// <summary>
/// The one status for people and programs; <c>analyses/{id}/status.json</c>. Written under its ETag; a write with a smaller
/// (attempt, dispatch, run, rank of the state) than the stored one is dropped, and a final state stays within its attempt.
/// Schema: docs/schemas/status.schema.json.
/// </summary>
/// <param name="Attempt">From 1; a new one starts after Failed or Cancelled, or by force.</param>
/// <param name="AnswersAttempt">The attempt whose answers count: a later attempt goes on with them, unless it was forced.</param>
/// <param name="Dispatch">Number of the last message sent for a worker in this attempt.</param>
/// <param name="Run">Number of times a worker took up that message.</param>
/// <param name="Heartbeat">Last sign of life of a worker; null while none works.</param>
/// <param name="Retry">The last setback that was worth another try.</param>
/// <param name="Error">Set where the state is Failed.</param>
/// <param name="Computation">What the worker that finished last has done.</param>
public sealed record AnalysisStatus(
    string AnalysisId,
    AnalysisState State,
    int Attempt,
    int AnswersAttempt,
    string InstanceId,
    DocumentName Document,
    DateTimeOffset AcceptedAt,
    DateTimeOffset UpdatedAt,
    int Dispatch = 0,
    int Run = 0,
    Progress? Tokens = null,
    Progress? Questions = null,
    CacheUse? Cache = null,
    DateTimeOffset? Heartbeat = null,
    string? Worker = null,
    Setback? Retry = null,
    Problem? Error = null,
    Computation? Computation = null,
    int SchemaVersion = 1)
{
    /// <summary>Whether the attempt has ended.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsFinal => State >= AnalysisState.Succeeded;

    /// <summary>Whether <paramref name="next"/> may replace this status.</summary>
    public bool MayBecome(AnalysisStatus next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (next.Attempt != Attempt) return next.Attempt > Attempt;
        if (IsFinal) return false;
        if (next.IsFinal) return true;
        return (next.Dispatch, next.Run, Rank(next.State)).CompareTo((Dispatch, Run, Rank(State))) >= 0;
    }

    private static int Rank(AnalysisState state) => (int)state;
}

/// <param name="Done">Of <paramref name="Total"/>, which is 0 where it is not known yet.</param>
public sealed record Progress(long Done, long Total);

public sealed record DocumentName(string Name, string Sha256, long Bytes, string MediaType);

public enum CacheState
{
    Miss,
    Partial,
    Hit,
}

/// <param name="TokensReused">Document tokens whose keys and values came from the cache.</param>
public sealed record CacheUse(CacheState State, long TokensReused);

/// <param name="Engine">native, ort or genai.</param>
/// <param name="ReadMs">Reading or restoring the document.</param>
/// <param name="AnswerMs">Answering the questions that were open.</param>
public sealed record Computation(string Engine, long ReadMs, long AnswerMs);

/// <summary>Something failed and is tried again.</summary>
public sealed record Setback(int Count, string Reason, DateTimeOffset At);
