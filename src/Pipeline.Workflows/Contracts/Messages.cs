using System.Text.Json.Serialization;
using Pipeline.Workflows.Durable;

namespace Pipeline.Workflows.Contracts;

/// <summary>
/// Every message is wrapped one level down, <c>{"m":{…}}</c>: the Functions host merges top-level members of a message over the
/// trigger's metadata, where a member called <c>id</c> or <c>dequeueCount</c> would replace the real one.
/// </summary>
public sealed record Envelope<T>(T M);

/// <summary>Asks for an analysis; queue <c>intake</c>. Schema: docs/schemas/intake-message.schema.json.</summary>
/// <param name="Blob"><c>container/path</c>, or the blob's URL in this account.</param>
/// <param name="ETag">The version meant; without it the version found when the message is taken.</param>
/// <param name="RequestId">Names the request: the same blob, version and request id never start a second workflow.</param>
/// <param name="QuestionSet">Name of a set in <c>question-sets</c>.</param>
/// <param name="Questions">Asked instead of any set.</param>
/// <param name="Model">Name of a model folder; the deployment's default where absent.</param>
/// <param name="Instructions">Replaces the model folder's system text.</param>
/// <param name="Force">Runs again even where a result exists.</param>
/// <param name="TraceParent">W3C trace context of the sender.</param>
public sealed record IntakeMessage(
    string Blob,
    string? ETag = null,
    string? RequestId = null,
    string? QuestionSet = null,
    IReadOnlyList<Question>? Questions = null,
    string? Model = null,
    string? Instructions = null,
    bool Force = false,
    string? TraceParent = null);

/// <summary>Work for a worker; queues <c>extraction</c> and <c>analysis</c>. Everything else is read from the analysis' blobs.</summary>
/// <param name="Dispatch">Counts the messages sent for one attempt; a worker drops a message that a later one has overtaken.</param>
public sealed record WorkMessage(string AnalysisId, int Attempt, int Dispatch, string InstanceId, string? TraceParent = null)
{
    /// <summary>Whether the ids may become parts of blob names.</summary>
    [JsonIgnore]
    public bool IsValid => InstanceIds.IsValid(AnalysisId) && InstanceIds.IsValid(InstanceId) && Attempt > 0 && Dispatch > 0;
}

/// <summary>For a workflow; queue <c>workflow-events</c>.</summary>
/// <param name="Event">One of <see cref="WorkflowEvents"/>.</param>
public sealed record WorkflowEventMessage(string InstanceId, string Event, WorkFinished? Finished = null, string? TraceParent = null);

public static class WorkflowEvents
{
    /// <summary>A worker is done, well or badly; the outcome is a blob.</summary>
    public const string WorkFinished = "WorkFinished";

    /// <summary>Somebody wants the analysis to stop.</summary>
    public const string Cancel = "Cancel";

    /// <summary>Not raised in the workflow: its history is to be removed.</summary>
    public const string Purge = "Purge";
}

/// <summary>Payload of <see cref="WorkflowEvents.WorkFinished"/>.</summary>
public sealed record WorkFinished(WorkStage Stage, int Attempt, int Dispatch);

public enum WorkStage
{
    Extraction,
    Analysis,
}

/// <summary>What became of one piece of work; <c>analyses/{id}/outcomes/{attempt}-{dispatch}.json</c>.</summary>
public sealed record WorkOutcome(WorkStage Stage, int Attempt, int Dispatch, bool Ok, Problem? Problem = null, bool Cancelled = false);
