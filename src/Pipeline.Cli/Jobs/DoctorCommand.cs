using System.CommandLine;
using Pipeline.Cli.Doctor;

namespace Pipeline.Cli.Jobs;

/// <summary><c>pipeline doctor</c>: what is missing on this machine, and the way to get it.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> Model = new("--model") { Description = "Model folder to check; the default model where absent." };

    public static Command Create()
    {
        var command = new Command("doctor", "Checks what this machine has and lacks. Exit code 1 if something needed is missing.") { Model };
        StorageChoice.AddTo(command);
        AzureOption.AddTo(command);
        command.SetAction((arguments, cancellation) => CommandAction.RunAsync(
            () => AzureOption.IsChosen(arguments) ? AzureOption.RunAsync(arguments, cancellation) : RunAsync(arguments, cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        if (AzureOption.IsChosen(arguments)) return await AzureOption.RunAsync(arguments, cancellation);
        var findings = new List<Finding>
        {
            MachineChecks.Processor(),
            MachineChecks.Memory(),
            await MachineChecks.NodeAsync(cancellation),
            await MachineChecks.TesseractAsync(cancellation),
            MachineChecks.Parsers(),
            MachineChecks.Model(arguments.GetValue(Model)),
            await MachineChecks.StorageAsync(arguments, cancellation),
        };
        foreach (var finding in findings)
        {
            Console.WriteLine($"{Mark(finding.State)}  {finding.Name,-16} {finding.Found}");
            if (finding.WayOut is { } wayOut) Console.WriteLine($"      {wayOut}");
        }

        return findings.Exists(f => f.State == FindingState.Missing) ? ExitCode.Failure : ExitCode.Success;
    }

    private static string Mark(FindingState state) => state switch
    {
        FindingState.Fine => "ok  ",
        FindingState.Optional => "note",
        _ => "lack",
    };
}

internal enum FindingState
{
    Fine,

    /// <summary>Something works less well, or not at all, without it.</summary>
    Optional,

    Missing,
}

/// <param name="WayOut">What to do; null where nothing is to be done.</param>
internal sealed record Finding(string Name, FindingState State, string Found, string? WayOut = null);
