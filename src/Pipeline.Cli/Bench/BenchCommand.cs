using System.CommandLine;
using System.Globalization;
using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Models;
using Spectre.Console;

namespace Pipeline.Cli.Bench;

/// <summary><c>pipeline bench</c>: the engines against each other on this machine.</summary>
internal static class BenchCommand
{
    internal const string WorkerOption = "--worker";
    internal const string SpinningOption = "--spinning";

    private static readonly Option<string> Model = new("--model") { Description = "Model folder.", Required = true };
    private static readonly Option<string> Tokens = new("--tokens") { Description = "Document lengths.", DefaultValueFactory = _ => "512,2048,8000" };
    private static readonly Option<string> Engines = new("--engines") { Description = "Engines: native, ort, genai.", DefaultValueFactory = _ => "native,ort,genai" };
    private static readonly Option<int> Questions = new("--questions") { Description = "Questions asked together; 0 for none.", DefaultValueFactory = _ => 8 };
    private static readonly Option<int> AnswerTokens = new("--answer-tokens") { Description = "Tokens of each of their answers.", DefaultValueFactory = _ => 32 };
    private static readonly Option<int> Threads = new("--threads") { Description = "Threads; 0 for one a core.", DefaultValueFactory = _ => 0 };
    private static readonly Option<int?> Repeats = new("--repeats") { Description = "Timed repetitions; 5 by default, 3 above 4,096 tokens." };
    private static readonly Option<string> Provider = new("--provider") { Description = "Where ort and genai run: cpu or cuda.", DefaultValueFactory = _ => "cpu" };
    private static readonly Option<string?> GenAiLibrary = new("--genai-library") { Description = "File of the ONNX Runtime GenAI library; or PIPELINE_GENAI_LIBRARY." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };
    private static readonly Option<string?> Plot = new("--plot") { Description = "Draw the results into an SVG file." };
    private static readonly Option<string?> Worker = new(WorkerOption) { Hidden = true };
    private static readonly Option<bool> Spinning = new(SpinningOption) { Hidden = true, DefaultValueFactory = _ => true };

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var command = new Command("bench", "Measures reading, decoding and memory of the engines, side by side on this machine.")
        {
            Model, Tokens, Engines, Questions, AnswerTokens, Threads, Repeats, Provider, GenAiLibrary, Json, Plot, Worker, Spinning,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        try
        {
            var plan = Plan(arguments);
            if (arguments.GetValue(Worker) is { } worker)
            {
                var engine = worker is BenchOrder.MatMul ? null : plan.Engine(worker, arguments.GetValue(Spinning));
                BenchWorker.Serve(() => new BenchWorker(plan.Folder, engine, plan.Threads));
                return 0;
            }

            plan.Check();
            var report = await new BenchRun(plan, Console.Error.WriteLine).RunAsync(cancellation);
            Write(report, arguments);
            return 0;
        }
        catch (Exception e) when (e is InferenceException or ModelFolderException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static void Write(BenchReport report, ParseResult arguments)
    {
        if (arguments.GetValue(Json))
        {
            Console.WriteLine(report.ToJson());
        }
        else
        {
            BenchTable.Write(report, AnsiConsole.Console);
        }

        if (arguments.GetValue(Plot) is { } file)
        {
            try
            {
                File.WriteAllText(file, BenchPlot.Draw(report));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InferenceException($"The plot could not be written to {file}: {e.Message}", e);
            }
        }
    }

    private static BenchPlan Plan(ParseResult arguments) => new(
        ModelFolder.Open(arguments.GetRequiredValue(Model)),
        [.. Split(arguments.GetValue(Tokens)).Select(Number).Distinct().Order()],
        [.. Split(arguments.GetValue(Engines)).Distinct(StringComparer.Ordinal)],
        InRange("--questions", arguments.GetValue(Questions), 0, 1024),
        InRange("--answer-tokens", arguments.GetValue(AnswerTokens), 2, 4096),
        InRange("--threads", arguments.GetValue(Threads), 0, 1024),
        arguments.GetValue(Provider) switch
        {
            "cpu" => ExecutionProvider.Cpu,
            "cuda" => ExecutionProvider.Cuda,
            var other => throw new InferenceException($"There is no provider {other}; --provider takes cpu or cuda."),
        },
        arguments.GetValue(GenAiLibrary),
        arguments.GetValue(Repeats) is { } repeats ? InRange("--repeats", repeats, 1, 1000) : null);

    private static string[] Split(string? list) => (list ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new InferenceException($"--tokens takes whole numbers, such as 512,2048,8000; {text} is none.");

    private static int InRange(string option, int value, int least, int most) => value >= least && value <= most
        ? value
        : throw new InferenceException($"{option} {value} is out of range; use {least} to {most}.");
}
