using System.Globalization;
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
        await AnsiConsole.Live(Table([])).AutoClear(true).StartAsync(live => work(rows =>
        {
            last = rows;
            live.UpdateTarget(Table(rows));
        }));
        AnsiConsole.Write(Table(last));
        Print(last);
    }

    private void Print(IReadOnlyCollection<DocumentRow> rows)
    {
        foreach (var row in rows.Where(r => r.Request is not null))
        {
            var line = $"{row.Name,-40} {row.State,-16} {Count(row.Status?.Tokens)} tokens  {Count(row.Status?.Questions)} answers";
            if (row.IsFinal && row.Error is { } error) line += $"  {error.Title}: {error.Detail}";
            if (row.IsFinal && row.ReportFile is { Length: > 0 } report) line += $"  {report}";
            var key = row.Request!.InstanceId;
            var mark = row.State + row.Status?.Questions?.Done + row.IsFinal;
            if (printed.TryGetValue(key, out var before) && before == mark) continue;
            printed[key] = mark;
            Console.WriteLine(line);
        }
    }

    private static Table Table(IReadOnlyCollection<DocumentRow> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Document", "State", "Tokens read", "Answers", "Cache", "Note");
        foreach (var row in rows.OrderBy(r => r.IsFinal).ThenBy(r => r.Name, StringComparer.Ordinal).Take(MaxRows))
        {
            var note = row.Error?.Title ?? row.Status?.Retry?.Reason ?? row.ReportFile ?? "";
            table.AddRow(
                new Markup(Markup.Escape(row.Name)),
                new Markup($"[{Colour(row)}]{row.State}[/]"),
                new Markup(Count(row.Status?.Tokens)),
                new Markup(Count(row.Status?.Questions)),
                new Markup(row.Status?.Cache is { } cache ? $"{cache.State} {cache.TokensReused.ToString("N0", CultureInfo.InvariantCulture)}" : ""),
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
        => progress is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{progress.Done:N0}/{progress.Total:N0}");
}
