namespace Pipeline.Workflows.Storage;

/// <summary>Where things lie.</summary>
public static class AnalysisBlobs
{
    /// <summary>Leased by the worker that works on the analysis.</summary>
    public static string Definition(string analysisId) => $"{analysisId}/definition.json";

    public static string Status(string analysisId) => $"{analysisId}/status.json";

    public static string Size(string analysisId) => $"{analysisId}/size.json";

    public static string Result(string analysisId) => $"{analysisId}/result.json";

    public static string Report(string analysisId) => $"{analysisId}/report.html";

    /// <summary>Its presence stops the attempt; its content is the reason.</summary>
    public static string Cancel(string analysisId, int attempt) => $"{analysisId}/cancel/{attempt}";

    public static string Outcome(string analysisId, int attempt, int dispatch) => $"{analysisId}/outcomes/{attempt}-{dispatch}.json";

    public static string Answers(string analysisId, int answersAttempt) => $"{analysisId}/answers/{answersAttempt}/";

    public static string Answer(string analysisId, int answersAttempt, string questionId) => $"{Answers(analysisId, answersAttempt)}{questionId}.json";
}

/// <summary>Where a document's bytes, text and description lie.</summary>
public static class DocumentBlobs
{
    public static string Original(string sha256) => $"{sha256}/original";

    public static string Text(string sha256) => $"{sha256}/text.txt";

    public static string Description(string sha256) => $"{sha256}/document.json";
}

/// <summary>Where requests lie.</summary>
public static class RequestBlobs
{
    public static string Record(string instanceId) => $"{instanceId}.json";

    public static string Rejected(string queue, string hash) => $"rejected/{queue}/{hash}.json";
}
