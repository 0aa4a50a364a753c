using System.Globalization;
using Pipeline.Documents;
using Spectre.Console;

namespace Pipeline.Cli.Extract;

/// <summary>The table of files: type, pages, characters, outcome, and what is wrong below.</summary>
internal static class ExtractTable
{
    private static readonly Dictionary<string, string> ShortTypes = new(StringComparer.Ordinal)
    {
        [MediaTypes.Docx] = "docx",
        [MediaTypes.Pptx] = "pptx",
        [MediaTypes.Xlsx] = "xlsx",
        [MediaTypes.Epub] = "epub",
        [MediaTypes.Email] = "eml",
        [MediaTypes.Text] = "text",
    };

    /// <summary>Columns where the output is a file or a pipe: names and notes stay on one line each.</summary>
    private const int WideEnough = 1_000;

    public static void Write(IReadOnlyList<ExtractedFile> files, IAnsiConsole console)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WideEnough;
        }

        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("File")
            .AddColumn("Type")
            .AddColumn(new TableColumn("Pages").RightAligned())
            .AddColumn(new TableColumn("Characters").RightAligned())
            .AddColumn("Outcome");
        foreach (var file in files)
        {
            table.AddRow(
                Markup.Escape(file.Path),
                Markup.Escape(TypeOf(file.Document)),
                (file.Document?.Pages.Count ?? 0).ToString(CultureInfo.InvariantCulture),
                (file.Document?.Text.Length ?? 0).ToString("N0", CultureInfo.InvariantCulture),
                OutcomeOf(file.Document));
        }

        console.Write(table);
        foreach (var file in files)
        {
            WriteNotes(file, console);
        }
    }

    private static void WriteNotes(ExtractedFile file, IAnsiConsole console)
    {
        var problem = file.Error ?? file.Document?.Problem?.Detail;
        foreach (var note in (file.Document?.Warnings ?? []).Prepend(problem).OfType<string>())
        {
            console.WriteLine($"{file.Path}: {note}");
        }
    }

    private static string TypeOf(ExtractedDocument? document) =>
        document is null ? "-" : ShortTypes.GetValueOrDefault(document.MediaType) ?? document.MediaType[(document.MediaType.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static string OutcomeOf(ExtractedDocument? document) => document?.Outcome switch
    {
        null => "[red]unreadable[/]",
        ExtractionOutcome.Ok => "[green]ok[/]",
        ExtractionOutcome.Partial => "[yellow]partial[/]",
        var outcome => $"[red]{outcome.Value.Name()}[/]",
    };
}
