using System.CommandLine;

namespace Pipeline.Cli.Kv;

/// <summary><c>pipeline kv forget</c>.</summary>
internal static class KvForgetCommand
{
    private static readonly Argument<string> Document = new("document") { Description = "Name or id, as `pipeline kv list` shows them." };
    private static readonly Option<string?> Kv = KvLocation.Option();

    internal static Command Create()
    {
        var command = new Command("forget", "Deletes a document's KV cache, except blocks that another document shares.") { Document, Kv };
        command.SetAction((arguments, _) => CommandAction.RunAsync(() => Task.FromResult(Run(arguments))));
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var store = KvLocation.OpenExisting(arguments.GetValue(Kv));
        var before = store.Bytes;
        foreach (var document in KvLocation.Find(store, arguments.GetRequiredValue(Document)))
        {
            if (!KvChange.Run(() => store.Forget(document)))
            {
                throw new CommandFailure($"{document.Name} is in use by a running process. Wait for it or stop it, then forget the document again.");
            }
        }

        Console.WriteLine($"Forgotten; {KvListCommand.Size(before - store.Bytes)} freed.");
        return ExitCode.Success;
    }
}
