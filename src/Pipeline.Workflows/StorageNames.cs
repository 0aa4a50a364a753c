namespace Pipeline.Workflows;

/// <summary>Names of the containers and queues. The infrastructure creates exactly these; a test compares the two.</summary>
public static class StorageNames
{
    /// <summary>Watched: a blob that appears here starts an analysis.</summary>
    public const string InboxContainer = "inbox";

    /// <summary>Not watched: files that come with a message of their own (CLI, other services).</summary>
    public const string SubmissionsContainer = "submissions";

    /// <summary><c>{sha256}/original</c>, <c>{sha256}/text.txt</c>, <c>{sha256}/document.json</c>.</summary>
    public const string DocumentsContainer = "documents";

    /// <summary><c>{analysisId}/…</c>: definition, status, answers, result, report.</summary>
    public const string AnalysesContainer = "analyses";

    /// <summary><c>{name}.json</c>: named question sets.</summary>
    public const string QuestionSetsContainer = "question-sets";

    /// <summary>KV cache blocks, the remote tier of the worker's block store.</summary>
    public const string KvContainer = "kv-cache";

    /// <summary><c>{instanceId}.json</c>: what was asked for and which analysis it became; <c>rejected/…</c>: messages that name no analysis.</summary>
    public const string RequestsContainer = "requests";

    /// <summary><c>{name}/…</c>: model folders, each with its <c>model-manifest.json</c>, that workers fetch when their image has no such model.</summary>
    public const string ModelsContainer = "models";

    public const string IntakeQueue = "intake";
    public const string ExtractionQueue = "extraction";
    public const string AnalysisQueue = "analysis";
    public const string WorkflowEventsQueue = "workflow-events";

    /// <summary>CloudEvents for whoever waits for results. Nothing in this project reads it.</summary>
    public const string ResultsQueue = "results";

    /// <summary>Suffix the Functions host gives to the queue of messages that failed too often.</summary>
    public const string PoisonSuffix = "-poison";

    /// <summary>Containers that a message may name a document in.</summary>
    public static IReadOnlyList<string> DocumentSources { get; } = [InboxContainer, SubmissionsContainer];

    public static IReadOnlyList<string> Containers { get; } =
    [
        InboxContainer, SubmissionsContainer, DocumentsContainer, AnalysesContainer, QuestionSetsContainer, KvContainer, RequestsContainer, ModelsContainer,
    ];

    /// <summary>Queues that have a reader, each with a poison queue beside it.</summary>
    public static IReadOnlyList<string> WorkQueues { get; } = [IntakeQueue, ExtractionQueue, AnalysisQueue, WorkflowEventsQueue];

    public static IReadOnlyList<string> Queues { get; } = [.. WorkQueues, .. WorkQueues.Select(q => q + PoisonSuffix), ResultsQueue];
}
