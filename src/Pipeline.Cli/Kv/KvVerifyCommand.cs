using System.CommandLine;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.KvStore;

namespace Pipeline.Cli.Kv;

/// <summary><c>pipeline kv verify</c>.</summary>
internal static class KvVerifyCommand
{
    private static readonly Option<string?> Kv = KvLocation.Option();
    private static readonly Option<string?> Model = new("--model") { Description = "Model folder whose blocks are recomputed. Default: the model that comes with the project." };
    private static readonly Option<int> Blocks = new("--blocks") { Description = "Random blocks to recompute, 0 to 100,000.", DefaultValueFactory = _ => 8 };

    internal static Command Create()
    {
        var command = new Command("verify", "Checks every checksum, then computes random blocks again and compares them bit for bit.") { Kv, Model, Blocks };
        command.SetAction((arguments, cancellation) => CommandAction.RunAsync(() => Task.FromResult(Run(arguments, cancellation))));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        var count = arguments.GetValue(Blocks) is >= 0 and <= 100_000 and var blocks ? blocks : throw new CommandFailure("--blocks is out of range; use 0 to 100000.");
        var store = KvLocation.OpenExisting(arguments.GetValue(Kv));
        var bad = 0;
        var whole = 0;
        foreach (var document in store.List())
        {
            cancellation.ThrowIfCancellationRequested();
            using var chain = store.Open(document);
            var all = chain.BlockCount;
            whole += chain.Verify();
            bad += all - chain.BlockCount;
        }

        Console.WriteLine($"Checksums: {whole:N0} blocks whole, {bad:N0} damaged or behind a damaged one.");
        if (count == 0)
        {
            return bad == 0 ? ExitCode.Success : ExitCode.Failure;
        }

        var folder = ModelLocation.Open(arguments.GetValue(Model));
        using var engine = NativeEngine.Load(folder);
        var report = new KvVerifier(engine, store).Run(count, Random.Shared, cancellation);
        Console.WriteLine($"Recomputed with {folder.Name}: {report.Same:N0} of {report.Checked:N0} blocks have the same bits.");
        if (report.Checked == 0)
        {
            Console.Error.WriteLine($"Note: the store has no blocks that {folder.Name} computes on this machine with this version.");
        }

        foreach (var difference in report.Differences)
        {
            Console.Error.WriteLine($"Different: {difference}");
        }

        return bad == 0 && report.Differences.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
