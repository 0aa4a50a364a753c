using System.CommandLine;
using Azure;
using Pipeline.Workflows.Jobs;

namespace Pipeline.Cli.Jobs;

/// <summary>What the commands about one job have in common.</summary>
internal static class JobCommand
{
    public static Argument<string> Id() => new("ID") { Description = "Id of a job (doc-…) or of an analysis (a-…), as submit and list print it." };

    public static Command Create(string name, string description, IEnumerable<Symbol> symbols, Func<ParseResult, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        }

        StorageChoice.AddTo(command);
        command.SetAction((arguments, cancellation) => CommandAction.RunAsync(() => ReachAsync(() => run(arguments, cancellation))));
        return command;
    }

    /// <exception cref="CommandFailure">There is no such job.</exception>
    public static async Task<Job> FindAsync(JobClient client, string id, CancellationToken cancellation)
        => await client.FindAsync(id, cancellation) ?? throw new CommandFailure($"There is no job {id} in this storage account; 'pipeline list' shows what there is. A job submitted just now appears after a second.");

    private static async Task<int> ReachAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (RequestFailedException e) when (e.Status == 0)
        {
            throw new CommandFailure($"The storage account can't be reached ({e.Message.Split('\n')[0].Trim()}). Is the local run going?");
        }
        catch (AggregateException e) when (e.InnerExceptions.All(i => i is RequestFailedException))
        {
            throw new CommandFailure("The storage account can't be reached. Is the local run going?");
        }
        catch (RequestFailedException e)
        {
            throw new CommandFailure($"The storage account refused: {e.ErrorCode ?? e.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)}. {e.Message.Split('\n')[0].Trim()}");
        }
    }
}
