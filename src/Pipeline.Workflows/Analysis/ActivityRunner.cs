using System.Text.Json;
using Azure;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Workflows.Analysis;

/// <summary>Runs an activity by name and puts what becomes of it into the envelope.</summary>
public sealed class ActivityRunner
{
    private readonly Dictionary<string, Func<string, CancellationToken, Task<object?>>> activities = new(StringComparer.OrdinalIgnoreCase);

    public ActivityRunner(PipelineStorage storage, WorkflowOptions options, TimeProvider time)
    {
        var status = new StatusStore(storage, time);
        var sender = new Sender(storage);
        var finisher = new AnalysisFinisher(storage, status, sender, time);
        var acceptance = new DocumentAcceptance(storage, status, finisher, options, time);
        Add<AcceptInput>(Activities.AcceptDocument, async (input, c) => await acceptance.AcceptAsync(input, c));
        Add<RequestWorkInput>(Activities.RequestWork, async (input, c) => await new WorkRequest(status, sender, time).SendAsync(input, c));
        Add<CheckWorkInput>(Activities.CheckWork, async (input, c) => await new WorkInspection(storage, status, options, time).CheckAsync(input, c));
        Add<AnalysisInput>(Activities.PlanAnalysis, async (input, c) => await new SizeCheck(storage).CheckAsync(input, c));
        Add<AnalysisInput>(Activities.PublishResult, async (input, c) => await finisher.PublishAsync(input, c));
        Add<FailureInput>(Activities.RecordFailure, async (input, c) => await new FailureRecorder(storage, finisher, time).RecordAsync(input, c));
    }

    /// <returns>The envelope as JSON text. Only cancellation escapes: everything else is told in it.</returns>
    public async Task<string> RunAsync(string name, string input, CancellationToken cancellation)
    {
        StepResult result;
        try
        {
            var value = await activities[name](input, cancellation);
            result = new StepResult(true, value is null ? null : JsonSerializer.Serialize(value, ContractJson.Tolerant));
        }
        catch (PermanentProblemException e)
        {
            result = new StepResult(false, Problem: e.Problem);
        }
        catch (Exception e) when (IsTransient(e) && !cancellation.IsCancellationRequested)
        {
            result = new StepResult(false, Problem: ProblemTypes.Create(ProblemTypes.WorkflowFailed, $"{e.GetType().Name}: {FirstLine(e.Message)}"), Transient: true);
        }

        return ContractJson.Write(result);
    }

    private void Add<TInput>(string name, Func<TInput, CancellationToken, Task<object?>> run)
        => activities.Add(name, (json, cancellation) => run(AnalyzeDocument.Read<TInput>(json), cancellation));

    /// <summary>Storage and network troubles pass; anything else is a fault of ours, and the host's failed invocation is the way to see it.</summary>
    private static bool IsTransient(Exception e)
        => e is RequestFailedException or IOException or OperationCanceledException or AggregateException or InvalidOperationException;

    private static string FirstLine(string text) => text.Split('\n')[0].Trim();
}
