using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Durable;

namespace Pipeline.Workflows.Analysis;

/// <summary>Calls activities: unwraps their envelope, tries again what may pass, gives up with the last reason.</summary>
internal sealed class StepCaller(OrchestrationContext context)
{
    private const int DefaultTries = 8;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    public async Task<T> CallAsync<T>(string activity, object input) => AnalyzeDocument.Read<T>(await CallAsync(activity, input));

    public async Task<string?> CallAsync(string activity, object input, int tries = DefaultTries)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            var reason = "";
            try
            {
                var result = AnalyzeDocument.Read<StepResult>(AnalyzeDocument.Read<string>(await context.CallActivityAsync(activity, ContractJson.Write(input))));
                if (result.Ok) return result.Value;
                if (!result.Transient) throw new PermanentProblemException(result.Problem ?? Unknown(activity, "it gave no reason"));
                reason = result.Problem?.Detail ?? "";
            }
            catch (TaskFailedException e)
            {
                // The host drops what the handler says with a failing status; the log has it.
                reason = e.Details?.InnerFailure?.ErrorMessage is { Length: > 0 } inner ? inner : e.Message;
            }

            if (attempt >= tries) throw new PermanentProblemException(Unknown(activity, $"it was tried {attempt} times; the last time: {reason}"));
            context.SetCustomStatus(ContractJson.Write(new { retrying = activity, attempt, reason = reason.Length <= 500 ? reason : reason[..500] }));
            await context.CreateTimerAsync(context.CurrentUtc + pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static Problem Unknown(string activity, string reason) => ProblemTypes.Create(ProblemTypes.WorkflowFailed, $"The step {activity} failed: {reason}");
}
