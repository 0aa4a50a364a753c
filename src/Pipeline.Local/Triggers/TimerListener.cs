using System.Text.Json.Nodes;

namespace Pipeline.Local.Triggers;

/// <summary>Plays the host's timer trigger.</summary>
internal sealed partial class TimerListener(FunctionEntry function, HandlerClient handler, TimeSpan? period, TimeProvider time, ILogger log)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        var schedule = new Schedule(function.Trigger["schedule"]);
        while (!cancellation.IsCancellationRequested)
        {
            var now = time.GetUtcNow();
            var next = period is { } interval ? now + interval : schedule.Next(now);
            await Task.Delay(next - now, time, cancellation);
            var trigger = new JsonObject
            {
                ["Schedule"] = new JsonObject { ["AdjustForDST"] = true },
                ["ScheduleStatus"] = new JsonObject { ["Last"] = now.UtcDateTime.ToString("O"), ["Next"] = next.UtcDateTime.ToString("O"), ["LastUpdated"] = now.UtcDateTime.ToString("O") },
                ["IsPastDue"] = false,
            };
            try
            {
                await handler.InvokeAsync(function, trigger, null, cancellation);
            }
            catch (HttpRequestException e)
            {
                Failed(function.Name, e.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Function} failed: {Reason}")]
    private partial void Failed(string function, string reason);
}
