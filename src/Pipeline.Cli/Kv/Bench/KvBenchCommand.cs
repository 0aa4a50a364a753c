using System.CommandLine;
using Pipeline.Cli.Bench;
using Pipeline.Inference.Engines;
using Pipeline.Models;
using Spectre.Console;

namespace Pipeline.Cli.Kv.Bench;

/// <summary><c>pipeline kv bench</c>.</summary>
internal static class KvBenchCommand
{
    private const int AnswerRoom = 1;

    private static readonly Option<string?> Model = new("--model") { Description = "Model folder. Default: the model that comes with the project." };
    private static readonly Option<int> Tokens = new("--tokens") { Description = "Length of the document, 128 or more.", DefaultValueFactory = _ => 8000 };
    private static readonly Option<int> Repeats = new("--repeats") { Description = "Repetitions, 1 to 100; medians are shown.", DefaultValueFactory = _ => 3 };
    private static readonly Option<int> Threads = new("--threads") { Description = "Threads; 0 for one a core.", DefaultValueFactory = _ => 0 };
    private static readonly Option<string?> On = new("--on")
    {
        Description = "Directory on the disk to measure; the store made in it is deleted at the end. Default: the system's temporary directory.",
        HelpName = "DIR",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON." };

    internal static Command Create()
    {
        var command = new Command("bench", "Measures how long a new question's first token takes with the document in no tier, in memory, on disk, or half of it on disk.")
        {
            Model, Tokens, Repeats, Threads, On, Json,
        };
        command.SetAction((arguments, cancellation) => CommandAction.RunAsync(() => Task.FromResult(Run(arguments, cancellation))));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var folder = ModelLocation.Open(arguments.GetValue(Model));
        var tokens = TokensThatFit(arguments.GetValue(Tokens), folder);
        var repeats = Range(arguments.GetValue(Repeats), "--repeats", 1, 100);
        var threads = Range(arguments.GetValue(Threads), "--threads", 0, 1024);
        var directory = arguments.GetValue(On) ?? Path.GetTempPath();
        if (!Directory.Exists(directory))
        {
            throw new CommandFailure($"--on {directory} is no directory; make it, or name another one.");
        }

        var report = KvChange.Run(() =>
        {
            using var run = new KvBenchRun(folder, tokens, threads, directory, Console.Error.WriteLine);
            return run.Measure(repeats, BenchDevice.Name(ExecutionProvider.Cpu, threads), cancellation);
        });
        if (arguments.GetValue(Json))
        {
            Console.WriteLine(report.ToJson());
        }
        else
        {
            KvBenchTable.Write(report, AnsiConsole.Console);
        }

        return ExitCode.Success;
    }

    private static int TokensThatFit(int tokens, ModelFolder folder)
    {
        var room = folder.Config.ContextLength - BenchTokens.QuestionTokens - AnswerRoom;
        return tokens <= room ? Range(tokens, "--tokens", 128, int.MaxValue) : throw new CommandFailure(
            $"--tokens {tokens} with a question and its first token do not fit {folder.Name}, which holds {folder.Config.ContextLength:N0}; up to {room:N0} do.");
    }

    private static int Range(int value, string option, int lowest, int highest)
        => value >= lowest && value <= highest ? value : throw new CommandFailure($"{option} {value} is out of range; use {lowest} to {highest}.");
}
