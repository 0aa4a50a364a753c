using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Local.Triggers;
using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Local.Durable;

/// <summary>Plays the extension's activity dispatcher. An activity in work when this process is killed runs again at the next start.</summary>
internal sealed partial class ActivityWorker(HistoryDatabase database, IReadOnlyList<FunctionEntry> functions, HandlerClient handler, Wakeup activities, Wakeup orchestrations, TimeProvider time, ILogger log)
{
    private const int MaxConcurrent = 10;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<long, bool> running = new();

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var wake = activities.Next;
            foreach (var activity in database.Read(s => s.Query("SELECT id, instance, execution, task, name, input FROM activities ORDER BY id LIMIT 64", ActivityRow.From)))
            {
                if (running.Count >= MaxConcurrent) break;
                if (running.TryAdd(activity.Id, true)) _ = ExecuteAsync(activity, cancellation);
            }

            await Task.WhenAny(wake, Task.Delay(Idle, cancellation));
        }
    }

    private async Task ExecuteAsync(ActivityRow activity, CancellationToken cancellation)
    {
        try
        {
            var done = Events.Message(time.GetUtcNow());
            try
            {
                var function = functions.FirstOrDefault(f => f.TriggerType == "activityTrigger" && string.Equals(f.Name, activity.Name, StringComparison.OrdinalIgnoreCase));
                if (function is null)
                {
                    // As the extension: an unknown activity fails without details.
                    done.TaskFailed = new TaskFailedEvent { TaskScheduledId = activity.Task };
                }
                else
                {
                    var result = await handler.InvokeAsync(function, HandlerClient.TextValue(activity.Input ?? "null"), new JsonObject { ["instanceId"] = JsonValue.Create(activity.Instance).ToJsonString() }, cancellation);
                    done.TaskCompleted = new TaskCompletedEvent { TaskScheduledId = activity.Task, Result = result?.GetRawText() };
                }
            }
            catch (Exception e) when (e is HttpRequestException or JsonException)
            {
                Failed(activity.Name, activity.Instance, e.Message);
                done.TaskFailed = new TaskFailedEvent { TaskScheduledId = activity.Task, FailureDetails = Describe(activity.Name, e) };
            }

            database.Write(s =>
            {
                s.Execute("DELETE FROM activities WHERE id = $p0", activity.Id);
                if (HistoryDatabase.Find(s, activity.Instance)?.Execution == activity.Execution) HistoryDatabase.Enqueue(s, activity.Instance, done, time.GetUtcNow().ToUnixTimeMilliseconds());
            });
            orchestrations.Set();
        }
        catch (OperationCanceledException)
        {
            // The run ends; the activity is still there.
        }
        finally
        {
            running.TryRemove(activity.Id, out _);
            activities.Set();
        }
    }

    private static TaskFailureDetails Describe(string name, Exception error) => new()
    {
        ErrorType = "Microsoft.Azure.WebJobs.Host.FunctionInvocationException",
        ErrorMessage = $"Exception while executing function: Functions.{name}",
        InnerFailure = new TaskFailureDetails { ErrorType = error.GetType().FullName, ErrorMessage = error.Message },
    };

    [LoggerMessage(LogLevel.Warning, "The activity {Activity} of {Instance} failed: {Reason}")]
    private partial void Failed(string activity, string instance, string reason);

    private sealed record ActivityRow(long Id, string Instance, string Execution, int Task, string Name, string? Input)
    {
        public static ActivityRow From(Microsoft.Data.Sqlite.SqliteDataReader r) => new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetInt32(3), r.GetString(4), r.IsDBNull(5) ? null : r.GetString(5));
    }
}
