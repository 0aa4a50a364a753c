using System.CommandLine;

namespace Pipeline.Cli.Kv;

/// <summary><c>pipeline kv clear</c>.</summary>
internal static class KvClearCommand
{
    private static readonly Option<string?> Kv = KvLocation.Option();

    internal static Command Create()
    {
        var command = new Command("clear", "Deletes all KV caches that no running process uses.") { Kv };
        command.SetAction((arguments, _) => CommandAction.RunAsync(() => Task.FromResult(Run(arguments))));
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var store = KvLocation.OpenExisting(arguments.GetValue(Kv));
        var before = store.Bytes;
        var inUse = KvChange.Run(store.Clear);
        Console.WriteLine($"{KvListCommand.Size(before - store.Bytes)} freed.");
        if (inUse > 0)
        {
            throw new CommandFailure($"{inUse} document{(inUse == 1 ? " is" : "s are")} in use by a running process and left.");
        }

        return ExitCode.Success;
    }
}
