namespace Pipeline.Workflows.Contracts;

/// <summary>Names of causes. A problem's type is <see cref="Prefix"/> + name; names never change meaning.</summary>
public static class ProblemTypes
{
    public const string Prefix = "urn:pipeline:problem:";

    public const string InvalidMessage = "invalid-message";
    public const string ForeignBlob = "foreign-blob";
    public const string DocumentMissing = "document-missing";
    public const string DocumentReplaced = "document-replaced";
    public const string DocumentTooLarge = "document-too-large";
    public const string EmptyDocument = "empty-document";
    public const string ExtractionFailed = "extraction-failed";
    public const string UnknownQuestionSet = "unknown-question-set";
    public const string InvalidQuestions = "invalid-questions";
    public const string OverContext = "over-context";
    public const string OverMemory = "over-memory";
    public const string UnknownModel = "unknown-model";
    public const string WorkerLost = "worker-lost";
    public const string WorkerFailing = "worker-failing";
    public const string QueueTimeout = "queue-timeout";
    public const string WorkflowFailed = "workflow-failed";
    public const string DeliveryFailed = "delivery-failed";

    private static readonly Dictionary<string, string> Titles = new(StringComparer.Ordinal)
    {
        [InvalidMessage] = "The message can't be read",
        [ForeignBlob] = "The message names a blob outside the allowed containers",
        [DocumentMissing] = "The document does not exist",
        [DocumentReplaced] = "The document was replaced before it was read",
        [DocumentTooLarge] = "The document has too many bytes",
        [EmptyDocument] = "The document is empty",
        [ExtractionFailed] = "No text could be extracted",
        [UnknownQuestionSet] = "The question set does not exist",
        [InvalidQuestions] = "The questions are not valid",
        [OverContext] = "The document does not fit the model's context",
        [OverMemory] = "The document does not fit the worker's memory",
        [UnknownModel] = "The worker does not have the model",
        [WorkerLost] = "No worker finished the document",
        [WorkerFailing] = "The worker failed again and again",
        [QueueTimeout] = "No worker took the document in time",
        [WorkflowFailed] = "The workflow failed",
        [DeliveryFailed] = "A message failed too often",
    };

    public static IReadOnlyCollection<string> Known => Titles.Keys;

    /// <summary>A problem of the given cause. Causes of document parsers (<c>encrypted-document</c>, …) are passed through by name.</summary>
    public static Problem Create(string name, string detail, IReadOnlyList<string>? errors = null)
        => new(Prefix + name, Titles.GetValueOrDefault(name, "The document can't be read"), detail, errors);

    public static bool Is(this Problem? problem, string name)
        => problem is not null && string.Equals(problem.Type, Prefix + name, StringComparison.Ordinal);
}
