namespace Pipeline.Workflows.Contracts;

/// <summary>CloudEvents 1.0 in its JSON form; queue <c>results</c>. The same source and id is the same event, sent again.</summary>
/// <param name="Subject">The document's name.</param>
public sealed record CloudEvent(string Id, string Source, string Type, string Subject, DateTimeOffset Time, CloudEventData Data)
{
    public string Specversion { get; init; } = "1.0";

    public string Datacontenttype { get; init; } = "application/json";

    public const string TypeSucceeded = "pipeline.analysis.succeeded";
    public const string TypePartlySucceeded = "pipeline.analysis.partlysucceeded";
    public const string TypeFailed = "pipeline.analysis.failed";
    public const string TypeCancelled = "pipeline.analysis.cancelled";
}

/// <summary>References and counts; the result itself is in storage.</summary>
public sealed record CloudEventData(
    string AnalysisId,
    int Attempt,
    AnalysisState State,
    string Status,
    string Result,
    string Report,
    int QuestionsAnswered,
    int QuestionsTotal,
    Problem? Error = null);
