using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Durable;

namespace Pipeline.Workflows.Analysis;

/// <summary>
/// Has a worker do something and waits for it. The worker's event wakes the workflow; a timer looks in case the event was lost or the
/// worker died; what a worker did is read from storage, never from the event.
/// </summary>
internal sealed class WorkLoop(OrchestrationContext context, StepCaller steps, Accepted accepted, string? traceParent)
{
    private static readonly TimeSpan LongestCheck = TimeSpan.FromMinutes(5);

    private readonly Task<string?> cancel = context.WaitForEventAsync(WorkflowEvents.Cancel);
    private int dispatch;

    public async Task RunAsync(WorkStage stage)
    {
        string? reason = null;
        for (var sent = 1; ; sent++)
        {
            ThrowIfCancelled();
            dispatch++;
            await steps.CallAsync(Activities.RequestWork, new RequestWorkInput(accepted.AnalysisId, accepted.Attempt, dispatch, stage, context.InstanceId, reason, traceParent));
            var check = await WaitAsync(stage);
            switch (check.Verdict)
            {
                case WorkVerdict.Finished when check.Outcome is { Ok: true }:
                    return;
                case WorkVerdict.Finished when check.Outcome is { Cancelled: true }:
                    throw new AttemptCancelledException();
                case WorkVerdict.Finished:
                    throw new PermanentProblemException(check.Outcome?.Problem ?? ProblemTypes.Create(ProblemTypes.WorkerFailing, "The worker gave no reason."));
                case WorkVerdict.Ended:
                    throw new AttemptEndedException();
                case WorkVerdict.WaitedTooLong:
                    throw new PermanentProblemException(ProblemTypes.QueueTimeout, "No worker took the document in the time allowed (QueueLimitSeconds). Are workers running, and is there quota for them?");
                default:
                    reason = $"The worker gave no sign of life; the work was sent again ({sent} of {accepted.Rules.MaxDispatches}).";
                    if (sent >= accepted.Rules.MaxDispatches)
                    {
                        throw new PermanentProblemException(ProblemTypes.WorkerLost, $"{sent} workers in a row gave no sign of life and no result. Their log tells more; a lack of memory is the usual cause.");
                    }

                    break;
            }
        }
    }

    private async Task<WorkCheck> WaitAsync(WorkStage stage)
    {
        var pause = TimeSpan.FromSeconds(accepted.Rules.CheckSeconds);
        var finished = context.WaitForEventAsync(WorkflowEvents.WorkFinished);
        var timer = context.CreateTimerAsync(context.CurrentUtc + pause);
        while (true)
        {
            var first = await Task.WhenAny(cancel, finished, timer);
            ThrowIfCancelled();
            // Whatever the event says (it may be an old one, sent twice), storage tells what happened.
            if (first == finished) finished = context.WaitForEventAsync(WorkflowEvents.WorkFinished);
            var check = await steps.CallAsync<WorkCheck>(Activities.CheckWork, new CheckWorkInput(accepted.AnalysisId, accepted.Attempt, dispatch, stage));
            if (check.Verdict is not (WorkVerdict.Working or WorkVerdict.Waiting)) return check;
            if (first != timer) continue;
            pause = pause * 2 < LongestCheck ? pause * 2 : LongestCheck;
            timer = context.CreateTimerAsync(context.CurrentUtc + pause);
        }
    }

    private void ThrowIfCancelled()
    {
        if (cancel.IsCompleted) throw new AttemptCancelledException();
    }
}
