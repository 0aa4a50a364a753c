using System.CommandLine;
using Pipeline.Documents;
using Spectre.Console;

namespace Pipeline.Cli.Extract;

/// <summary><c>pipeline extract</c>: files to text, each with its outcome.</summary>
internal static class ExtractCommand
{
    private static readonly Argument<string[]> Files = new("FILE") { Description = "Files of any kind.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object for each file, a line each." };
    private static readonly Option<bool> Text = new("--text") { Description = "Print the text; the table goes to standard error." };
    private static readonly Option<string?> Password = new("--password") { Description = "Password for encrypted PDF files." };
    private static readonly Option<string> Languages = OcrLanguages.Option();
    private static readonly Option<bool> NoOcr = new("--no-ocr") { Description = "Leave scanned pages without text." };

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var command = new Command("extract", "Reads the text of documents. " + ExtractExitCode.Explanation)
        {
            Files, Json, Text, Password, Languages, NoOcr,
        };
        command.SetAction((arguments, cancellation) => CommandAction.RunAsync(() => RunAsync(arguments, cancellation)));
        return command.WithExamples(
            "pipeline extract contracts/*.pdf",
            "pipeline extract letter.docx --text > letter.txt",
            "pipeline extract inbox/* --json > inbox.jsonl",
            "pipeline extract statement.pdf --password 1234",
            "pipeline extract scan.pdf --languages deu+eng");
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var options = new ExtractionOptions
        {
            Ocr = new OcrOptions
            {
                Enabled = !arguments.GetValue(NoOcr),
                Languages = OcrLanguages.Of(arguments.GetValue(Languages)!),
            },
        };
        try
        {
            await using var extractor = new DocumentExtractor(options);
            var run = new ExtractRun(extractor, options.MaxProcesses, arguments.GetValue(Password));
            return await RunAsync(run, arguments, cancellation);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new CommandFailure(e.Message);
        }
    }

    private static async Task<int> RunAsync(ExtractRun run, ParseResult arguments, CancellationToken cancellation)
    {
        var files = arguments.GetValue(Files)!;
        var withText = arguments.GetValue(Text);
        if (arguments.GetValue(Json))
        {
            return await run.ReadAsync(files, file => ExtractLine.Write(file, withText, Console.Out), cancellation);
        }

        var notes = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var read = new List<ExtractedFile>();
        var code = await ExtractProgress.ShowAsync(notes, files.Length, advance => run.ReadAsync(
            files,
            file =>
            {
                read.Add(file);
                advance();
            },
            cancellation));
        if (withText)
        {
            ExtractText.Write(read, Console.Out);
        }

        ExtractTable.Write(read, withText ? notes : AnsiConsole.Console);
        return code;
    }
}
