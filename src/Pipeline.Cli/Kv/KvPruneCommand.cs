using System.CommandLine;
using System.Globalization;

namespace Pipeline.Cli.Kv;

/// <summary><c>pipeline kv prune</c>.</summary>
internal static class KvPruneCommand
{
    private static readonly Option<string?> Kv = KvLocation.Option();
    private static readonly Option<string> MaxBytes = new("--max-bytes") { Description = "Bytes that may remain, such as 500000000, 800M or 4G (powers of 1,024).", Required = true };

    internal static Command Create()
    {
        var command = new Command("prune", "Deletes the ends of the least recently used documents until few enough bytes remain.") { Kv, MaxBytes };
        command.SetAction((arguments, _) => CommandAction.RunAsync(() => Task.FromResult(Run(arguments))));
        return command;
    }

    /// <exception cref="CommandFailure">The text is no number of bytes.</exception>
    internal static long Parse(string text)
    {
        var shift = text.Length > 0 ? char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 } : 0;
        return long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue >> shift
            ? number << shift
            : throw new CommandFailure($"--max-bytes {text} is no number of bytes; use one such as 500000000, 800M or 4G.");
    }

    private static int Run(ParseResult arguments)
    {
        var bytes = Parse(arguments.GetRequiredValue(MaxBytes));
        var store = KvLocation.OpenExisting(arguments.GetValue(Kv));
        var before = store.Bytes;
        var blocks = KvChange.Run(() => store.Prune(bytes));
        var left = store.Bytes;
        Console.WriteLine($"{blocks} blocks deleted, {KvListCommand.Size(before - left)} freed, {KvListCommand.Size(left)} left.");
        if (left > bytes)
        {
            Console.Error.WriteLine("Note: what is left is in use by a running process.");
        }

        return ExitCode.Success;
    }
}
