using System.Globalization;
using Pipeline.Workflows.Jobs;

namespace Pipeline.Cli.Jobs;

/// <summary>Follows jobs to their end and prints each change.</summary>
internal static class JobWait
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(JobClient client, IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        var open = ids.ToHashSet(StringComparer.Ordinal);
        var shown = new Dictionary<string, string>(StringComparer.Ordinal);
        var failed = false;
        while (open.Count > 0)
        {
            foreach (var id in open.ToList())
            {
                if (await client.FindAsync(id, cancellation) is not { } job) continue;
                var line = Line(job);
                if (!shown.TryGetValue(id, out var before) || before != line) Console.WriteLine(line);
                shown[id] = line;
                if (!job.IsFinal) continue;
                open.Remove(id);
                failed |= !job.Succeeded;
            }

            if (open.Count > 0) await Task.Delay(Poll, cancellation);
        }

        return failed ? ExitCode.Failure : ExitCode.Success;
    }

    /// <summary>One line about a job.</summary>
    public static string Line(Job job)
    {
        var tokens = job.Status?.Tokens is { Total: > 0 } t ? string.Create(CultureInfo.InvariantCulture, $"  {t.Done:N0}/{t.Total:N0} tokens") : "";
        var questions = job.Status?.Questions is { } q ? string.Create(CultureInfo.InvariantCulture, $"  {q.Done}/{q.Total} answers") : "";
        var problem = job.Error is { } error ? $"  {error.Title}: {error.Detail}" : job.Status?.Retry is { } retry && !job.IsFinal ? $"  tried again: {retry.Reason}" : "";
        return $"{job.Id}  {job.State,-15} {job.Name}{tokens}{questions}{problem}";
    }
}
