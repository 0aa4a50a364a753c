using System.Text.Json;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Durable;

namespace Pipeline.Workflows.Analysis;

/// <summary>The workflow of one document: accepted, extracted, planned, analysed, published, whatever fails on the way.</summary>
public static class AnalyzeDocument
{
    public const string Name = "AnalyzeDocument";

    public static IReadOnlyDictionary<string, Orchestrator> Orchestrators { get; } =
        new Dictionary<string, Orchestrator>(StringComparer.OrdinalIgnoreCase) { [Name] = RunAsync };

    /// <summary>Checks and failures are recorded more patiently than the work is tried, or a failure would go unrecorded.</summary>
    private const int RecordTries = 30;

    public static async Task<string?> RunAsync(OrchestrationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var input = Read<AnalyzeInput>(context.Input);
        var steps = new StepCaller(context);
        Accepted accepted;
        try
        {
            accepted = await steps.CallAsync<Accepted>(Activities.AcceptDocument, new AcceptInput(input.RequestInstanceId));
        }
        catch (PermanentProblemException e)
        {
            await steps.CallAsync(Activities.RecordFailure, new FailureInput(input.RequestInstanceId, null, 0, e.Problem), RecordTries);
            return ContractJson.Write(new { state = nameof(RequestState.Rejected), problem = e.Problem.Type });
        }

        Show(context, accepted, accepted.Outcome.ToString());
        if (accepted.Outcome != AcceptOutcome.Started) return ContractJson.Write(new { state = accepted.Outcome, accepted.AnalysisId });

        if (accepted.Refusal is { } refusal) return await RecordAsync(context, steps, input, accepted, refusal, cancelled: false);

        try
        {
            var work = new WorkLoop(context, steps, accepted, input.TraceParent);
            Show(context, accepted, "Extracting");
            await work.RunAsync(WorkStage.Extraction);
            await steps.CallAsync(Activities.PlanAnalysis, new AnalysisInput(accepted.AnalysisId, accepted.Attempt));
            Show(context, accepted, "Analyzing");
            await work.RunAsync(WorkStage.Analysis);
            Show(context, accepted, "Publishing");
            await steps.CallAsync(Activities.PublishResult, new AnalysisInput(accepted.AnalysisId, accepted.Attempt), RecordTries);
            Show(context, accepted, "Published");
            return ContractJson.Write(new { state = "Published", accepted.AnalysisId, accepted.Attempt });
        }
        catch (AttemptEndedException)
        {
            return ContractJson.Write(new { state = "Ended", accepted.AnalysisId, accepted.Attempt });
        }
        catch (AttemptCancelledException)
        {
            return await RecordAsync(context, steps, input, accepted, null, cancelled: true);
        }
        catch (PermanentProblemException e)
        {
            return await RecordAsync(context, steps, input, accepted, e.Problem, cancelled: false);
        }
    }

    private static async Task<string?> RecordAsync(OrchestrationContext context, StepCaller steps, AnalyzeInput input, Accepted accepted, Problem? problem, bool cancelled)
    {
        var state = cancelled ? nameof(AnalysisState.Cancelled) : nameof(AnalysisState.Failed);
        await steps.CallAsync(Activities.RecordFailure, new FailureInput(input.RequestInstanceId, accepted.AnalysisId, accepted.Attempt, problem, cancelled), RecordTries);
        Show(context, accepted, state);
        return ContractJson.Write(new { state, accepted.AnalysisId, accepted.Attempt, problem = problem?.Type });
    }

    private static void Show(OrchestrationContext context, Accepted accepted, string stage)
        => context.SetCustomStatus(ContractJson.Write(new { accepted.AnalysisId, accepted.Attempt, stage }));

    internal static T Read<T>(string? json)
        => JsonSerializer.Deserialize<T>(json ?? "null", ContractJson.Tolerant) ?? throw new InvalidOperationException($"A {typeof(T).Name} was expected, and null came.");
}

/// <summary>Another attempt, or somebody else, has ended this one: there is nothing to record.</summary>
internal sealed class AttemptEndedException : Exception;

internal sealed class AttemptCancelledException : Exception;
