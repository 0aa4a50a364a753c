using Pipeline.Workflows.Contracts;

namespace Pipeline.Cli.Doctor;

/// <summary>Names the cause of a canary's end, or of its standing still.</summary>
internal static class CanaryDiagnosis
{
    private const string Protocol =
        "The legacy protocol is the likely cause: functionAppConfig.runtime must be 'custom' (an app setting FUNCTIONS_WORKER_RUNTIME must not say otherwise) and the extension bundle 4.36 or newer. "
        + "'az functionapp function list' shows whether the host has the functions; the log says what it refuses. Way back: docs/azure/runbook.md, \"Durable on another host\".";

    /// <returns>Null if it went through.</returns>
    public static string? Explain(CanarySighting seen, string model) => seen switch
    {
        { Status.State: AnalysisState.Succeeded } => null,
        { Status: { IsFinal: true } status } => $"{status.State}: {status.Error?.Title} {status.Error?.Detail} {WayOut(status.Error, model)}".Trim(),
        { Request: { State: RequestState.Rejected } request } => $"The request was rejected: {request.Error?.Detail}",
        { IsPoison: true } => "The handler failed on the message again and again; it is in intake-poison. " + Protocol,
        { Request: null, Deliveries: 0 } =>
            "Nobody takes messages from the queue intake. Was the functions' package deployed ('azd deploy functions'), and has its identity Storage Queue Data Contributor on the queue? A role takes up to ten minutes to count.",
        { Request: null, Deliveries: > 0 } =>
            "The host takes the message, and the handler fails. Missing roles on the containers requests, documents or submissions, or a durableClient binding without an address. " + Protocol,
        { Request: null } => "The message was taken, but no request was written: the handler is still starting, or lacks Storage Blob Data Contributor on the container requests.",
        { Status: null } or { Status.State: AnalysisState.Accepted } => "The workflow was started and does not go on. " + Protocol,
        { Status: { State: AnalysisState.Extracting, Run: 0 } } => NoWorker("extract", "Image not deployed ('azd deploy extract'), AcrPull missing, or the scaler may not read the queue extraction (Storage Queue Data Contributor)."),
        { Status: { State: AnalysisState.Queued, Run: 0 } } => NoWorker("analyze", "No GPU quota in this region ('az containerapp env workload-profile list-supported', docs/azure/quota.md), image not deployed ('azd deploy analyze'), AcrPull missing, or the scaler may not read the queue analysis."),
        { Status: { } status } => $"It is still {status.State}, last sign of life {status.Heartbeat:u}. {status.Retry?.Reason} A cold start with a large model takes minutes: run again with a longer --timeout.",
    };

    private static string NoWorker(string role, string causes) => $"No worker of the role {role} has taken the document. {causes} 'az containerapp logs show --type system' names the one.";

    private static string WayOut(Problem? problem, string model) => problem switch
    {
        _ when problem.Is(ProblemTypes.UnknownModel) => $"Put the model there: 'pipeline seed' uploads models/{model}; the identities need Storage Blob Data Reader on the container models.",
        _ when problem.Is(ProblemTypes.WorkerFailing) => "The worker's log has the reason; '--self-test' in its console repeats the check on that machine.",
        _ when problem.Is(ProblemTypes.QueueTimeout) => "See docs/azure/quota.md.",
        _ => "",
    };
}
