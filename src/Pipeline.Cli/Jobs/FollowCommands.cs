using System.CommandLine;
using System.Text.Json;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Jobs;

namespace Pipeline.Cli.Jobs;

/// <summary><c>pipeline status</c>, <c>list</c>, <c>result</c> and <c>cancel</c>.</summary>
internal static class FollowCommands
{
    private static readonly Argument<string> Id = JobCommand.Id();
    private static readonly Option<bool> Json = new("--json") { Description = "Print the stored status." };
    private static readonly Option<bool> Html = new("--html") { Description = "The report instead of the JSON result." };
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "File to write; standard output where absent." };
    private static readonly Option<int> Limit = new("--limit") { Description = "Jobs to show, the newest first.", DefaultValueFactory = _ => 50 };
    private static readonly Option<bool> Follow = new("--wait") { Description = "Wait for the end; exit code 1 if it is not a success." };

    public static IEnumerable<Command> Create() =>
    [
        JobCommand.Create("status", "Shows how a job stands.", [Id, Json, Follow], StatusAsync),
        JobCommand.Create("list", "Lists jobs, the newest first.", [Limit], ListAsync),
        JobCommand.Create("result", "Prints a job's result.", [Id, Html, Output], ResultAsync),
        JobCommand.Create("cancel", "Stops a job: a worker stops within one chunk.", [Id], CancelAsync),
    ];

    private static async Task<int> StatusAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var client = Client(arguments);
        var job = await JobCommand.FindAsync(client, arguments.GetValue(Id)!, cancellation);
        if (arguments.GetValue(Follow)) return await JobWait.RunAsync(client, [job.Id], cancellation);
        Console.WriteLine(arguments.GetValue(Json) ? JsonSerializer.Serialize((object?)job.Status ?? job.Request, ContractJson.Indented) : JobWait.Line(job));
        return ExitCode.Success;
    }

    private static async Task<int> ListAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var jobs = new List<Job>();
        await foreach (var job in Client(arguments).ListAsync(cancellation)) jobs.Add(job);
        foreach (var job in jobs.OrderByDescending(j => j.Request?.ReceivedAt).Take(arguments.GetValue(Limit))) Console.WriteLine(JobWait.Line(job));
        return ExitCode.Success;
    }

    private static async Task<int> ResultAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var client = Client(arguments);
        var job = await JobCommand.FindAsync(client, arguments.GetValue(Id)!, cancellation);
        if (job.Request?.State == RequestState.Rejected) throw new CommandFailure($"The job was rejected. {job.Error?.Title}: {job.Error?.Detail}");
        var result = await client.ResultAsync(job, arguments.GetValue(Html), cancellation) ?? throw new CommandFailure($"The job has no result yet; it is {job.State}.");
        if (arguments.GetValue(Output) is { } file)
        {
            await File.WriteAllBytesAsync(file, result, cancellation);
        }
        else
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(result, cancellation);
        }

        return job.Succeeded ? ExitCode.Success : ExitCode.Failure;
    }

    private static async Task<int> CancelAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var client = Client(arguments);
        var job = await JobCommand.FindAsync(client, arguments.GetValue(Id)!, cancellation);
        if (!await client.CancelAsync(job, cancellation)) throw new CommandFailure($"The job has ended already: {job.State}.");
        Console.WriteLine($"{job.Id} is being cancelled.");
        return ExitCode.Success;
    }

    private static JobClient Client(ParseResult arguments) => new(StorageChoice.Open(arguments), TimeProvider.System);
}
