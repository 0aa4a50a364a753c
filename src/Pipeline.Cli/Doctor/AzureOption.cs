using System.CommandLine;

namespace Pipeline.Cli.Doctor;

/// <summary>The part of <c>pipeline doctor</c> that looks at a deployment instead of this machine.</summary>
internal static class AzureOption
{
    private static readonly Option<bool> Azure = new("--azure") { Description = "Check the deployment that azd made from this folder, and send one document through it." };
    private static readonly Option<int> Timeout = new("--timeout") { Description = "With --azure: minutes the document may take, cold start included.", DefaultValueFactory = _ => 20 };

    public static void AddTo(Command command)
    {
        command.Add(Azure);
        command.Add(Timeout);
    }

    public static bool IsChosen(ParseResult arguments) => arguments.GetValue(Azure);

    public static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var minutes = arguments.GetValue(Timeout);
        if (minutes is < 1 or > 1440) throw new CommandFailure($"--timeout {minutes} is out of range; use 1 to 1440 minutes.");
        var doctor = new AzureDoctor(Deployment.Open(Environment.CurrentDirectory), Console.Out, TimeProvider.System);
        return await doctor.RunAsync(TimeSpan.FromMinutes(minutes), cancellation) ? ExitCode.Success : ExitCode.Failure;
    }
}
