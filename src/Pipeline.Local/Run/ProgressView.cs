using System.Globalization;
using Pipeline.Workflows.Contracts;
using Spectre.Console;

namespace Pipeline.Local.Run;

/// <summary>A live table on a terminal; a line for each change where the output goes to a file.</summary>
internal sealed class ProgressView
{
    private const int MaxRows = 20;
    private readonly Dictionary<string, string> printed = new(StringComparer.Ordinal);

    public async Task RunAsync(Func<Action<IReadOnlyCollection<DocumentRow>>, Task> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            await work(Print);
            return;
        }

        IReadOnlyCollection<DocumentRow> last = [];
        try
        {
            await AnsiConsole.Live(Table([])).AutoClear(true).StartAsync(live => work(rows =>
            {
                last = rows;
                live.UpdateTarget(Table(rows));
            }));
        }
        finally
        {
            AnsiConsole.Write(Table(last));
            Print([.. last.Where(r => r is { IsFinal: true, Succeeded: false })]);
        }
    }

    /// <summary>How it all ended.</summary>
    public static void Summarize(IReadOnlyCollection<DocumentRow> rows, string resultFolder)
    {
        var succeeded = rows.Count(r => r.Succeeded);
        var others = succeeded == rows.Count ? "" : $", {rows.Count - succeeded} did not: the lines above say why";
        Console.WriteLine($"{rows.Count} {(rows.Count == 1 ? "document" : "documents")}, {succeeded} succeeded{others}. Results and reports: {Shown(resultFolder)}");
    }

    /// <summary>A path as people type it: from the working folder where it lies below that.</summary>
    public static string Shown(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private void Print(IReadOnlyCollection<DocumentRow> rows)
    {
        foreach (var row in rows.Where(r => r.Request is not null))
        {
            var (tokens, questions) = (row.Status?.Tokens, row.Status?.Questions);
            var parts = new List<string>();
            if (tokens is { Total: > 0 }) parts.Add($"{Count(tokens)} tokens");
            if (questions is { Total: > 0 } && row.Status?.State >= AnalysisState.Answering) parts.Add($"{Count(questions)} answers");
            if (row.IsFinal && row.Error is { } error) parts.Add($"{error.Title}: {error.Detail}");
            if (row.IsFinal && row.ReportFile is { Length: > 0 } report) parts.Add(Shown(report));
            var mark = $"{row.State} {questions?.Done} {10 * tokens?.Done / Math.Max(1, tokens?.Total ?? 0)} {row.IsFinal}";
            if (printed.TryGetValue(row.Request!.InstanceId, out var before) && before == mark) continue;
            printed[row.Request.InstanceId] = mark;
            Console.WriteLine($"{row.Name,-40} {row.State,-16} {string.Join(", ", parts)}".TrimEnd());
        }
    }

    private static Table Table(IReadOnlyCollection<DocumentRow> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Document", "State", "Tokens read", "Answers", "Cache", "Note");
        foreach (var row in rows.OrderBy(r => r.IsFinal).ThenBy(r => r.Name, StringComparer.Ordinal).Take(MaxRows))
        {
            var note = row.Error?.Title ?? row.Status?.Retry?.Reason ?? (row.ReportFile is { Length: > 0 } report ? Shown(report) : "");
            table.AddRow(
                new Markup(Markup.Escape(row.Name)),
                new Markup($"[{Colour(row)}]{row.State}[/]"),
                new Markup(Count(row.Status?.Tokens)),
                new Markup(Count(row.Status?.Questions)),
                new Markup(row.Status?.Cache is { } cache ? cache.State == CacheState.Miss ? "miss" : string.Create(CultureInfo.InvariantCulture, $"{cache.TokensReused:N0} reused") : ""),
                new Markup(Markup.Escape(note)));
        }

        if (rows.Count > MaxRows) table.Caption($"{rows.Count} documents, {rows.Count(r => r.IsFinal)} done");
        return table;
    }

    private static string Colour(DocumentRow row) => row switch
    {
        { Succeeded: true } => "green",
        { IsFinal: true } => "red",
        _ => "yellow",
    };

    private static string Count(Workflows.Contracts.Progress? progress)
        => progress is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{progress.Done:N0} of {progress.Total:N0}");
}
