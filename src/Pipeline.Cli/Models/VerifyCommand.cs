using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pipeline.Inference;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Verification;
using Pipeline.Models;
using Spectre.Console;

namespace Pipeline.Cli.Models;

/// <summary><c>pipeline verify</c>: proves a model folder against its oracle, or against ONNX Runtime's own attention.</summary>
internal static class VerifyCommand
{
    private const string FlashVariable = "ORT_GQA_DISABLE_FLASH_ATTENTION";

    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web);
    private static readonly Option<string?> Model = new("--model") { Description = "Model folder. Default: the model that comes with the project." };
    private static readonly Option<int> Longest = new("--longest") { Description = "Leave out oracle prompts of more tokens.", DefaultValueFactory = _ => 20_000 };
    private static readonly Option<int> Threads = new("--threads") { Description = "Threads; 0 for one a core.", DefaultValueFactory = _ => 0 };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };
    private static readonly Option<bool> Uncut = new("--uncut") { Description = "Compare with ONNX Runtime's uncut graph even if the folder has an oracle." };
    private static readonly Option<bool> OnePath = new("--one-path") { Hidden = true };

    /// <summary>The command with its options.</summary>
    internal static Command Create()
    {
        var command = new Command(
            "verify",
            "Proves that this engine computes what a model folder means: by the folder's oracle.json or, without one, against ONNX Runtime's own attention on the uncut graph. " +
            "Exit code 1 above the tolerance (the oracle's; 1e-3 by default).")
        {
            Model, Longest, Threads, Json, Uncut, OnePath,
        };
        command.SetAction((arguments, cancellation) => CommandAction.RunAsync(() => RunAsync(arguments, cancellation)));
        return command.WithExamples("pipeline verify", "pipeline verify --model tests/models/tiny/qwen3 --json");
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        ModelFolder folder = ModelLocation.Open(arguments.GetValue(Model));
        int threads = arguments.GetValue(Threads) is > 0 and int given ? given : Environment.ProcessorCount;
        VerifyResult result;
        try
        {
            ModelOracle? oracle = arguments.GetValue(Uncut) || arguments.GetValue(OnePath) ? null : ModelOracle.Load(folder.Path);
            result = oracle is not null ? Oracle(folder, oracle, threads, arguments.GetValue(Longest), cancellation)
                : arguments.GetValue(OnePath) ? VerifyResult.Of(UncutGraphComparison.Run(folder, threads, cancellation))
                : await BothPathsAsync(folder, threads, cancellation);
        }
        catch (InferenceException e)
        {
            result = new VerifyResult(folder.Name, 0, null, null, null, Passed: false, e.Message);
        }

        if (arguments.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(result, JsonOptions));
        }
        else
        {
            Write(result);
        }

        return result.Passed ? ExitCode.Success : ExitCode.Failure;
    }

    private static VerifyResult Oracle(ModelFolder folder, ModelOracle oracle, int threads, int longest, CancellationToken cancellation)
    {
        using NativeEngine engine = NativeEngine.Load(folder, new NativeEngineOptions { Threads = threads });
        return VerifyResult.Of(new ModelVerifier(engine).Verify(oracle, longest, cancellation));
    }

    /// <summary>ONNX Runtime chooses between its two attention paths by an environment variable that it reads natively, so the other path needs a process of its own.</summary>
    private static async Task<VerifyResult> BothPathsAsync(ModelFolder folder, int threads, CancellationToken cancellation)
    {
        VerifyResult flash = VerifyResult.Of(UncutGraphComparison.Run(folder, threads, cancellation));
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (string.Equals(Path.GetFileNameWithoutExtension(Environment.ProcessPath), "dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        foreach (string argument in new[] { "verify", "--model", folder.Path, "--threads", threads.ToString(CultureInfo.InvariantCulture), "--json", "--one-path" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[FlashVariable] = "1";
        using Process child = Process.Start(start) ?? throw new CommandFailure("The second process of the comparison did not start.");
        string output = await child.StandardOutput.ReadToEndAsync(cancellation);
        await child.WaitForExitAsync(cancellation);
        VerifyResult plain = JsonSerializer.Deserialize<VerifyResult>(output, JsonOptions) ?? throw new CommandFailure("The second process of the comparison gave no result.");
        return flash.And(plain);
    }

    private static void Write(VerifyResult result)
    {
        if (result.Refused is not null)
        {
            Console.WriteLine($"{result.Model}: refused. {result.Refused}");
            return;
        }

        var table = new Table().AddColumns("model", "cases", "max |difference|", "same arg max", "greedy equal", "passed");
        table.AddRow(
            Markup.Escape(result.Model),
            result.Cases.ToString(CultureInfo.InvariantCulture),
            result.MaxDifference!.Value.ToString("E1", CultureInfo.InvariantCulture),
            result.ArgMaxAgreement!.Value.ToString("P1", CultureInfo.InvariantCulture),
            result.GreedyEqual == true ? "yes" : "no",
            result.Passed ? "yes" : "no");
        AnsiConsole.Write(table);
    }
}

/// <summary>The result of <c>pipeline verify --json</c>.</summary>
internal sealed record VerifyResult(
    string Model, int Cases, double? MaxDifference, double? ArgMaxAgreement, bool? GreedyEqual, bool Passed, string? Refused)
{
    internal static VerifyResult Of(VerificationReport report)
        => new(report.Model, report.Cases, report.MaxDifference, report.ArgMaxAgreement, report.GreedyEqual, report.Passed, null);

    /// <summary>Both comparisons in one: the worse of each number.</summary>
    internal VerifyResult And(VerifyResult other) => other.Refused is not null
        ? other
        : new VerifyResult(
            Model,
            Cases + other.Cases,
            Math.Max(MaxDifference ?? 0, other.MaxDifference ?? 0),
            Math.Min(ArgMaxAgreement ?? 0, other.ArgMaxAgreement ?? 0),
            GreedyEqual == true && other.GreedyEqual == true,
            Passed && other.Passed,
            null);
}
