using System.CommandLine;
using Pipeline.Cli.Kv.Bench;

namespace Pipeline.Cli.Kv;

/// <summary><c>pipeline kv</c>: the KV caches of documents that were read.</summary>
internal static class KvCommand
{
    /// <summary>The command with its subcommands.</summary>
    internal static Command Create() => new("kv", "Shows, checks, measures and deletes the KV caches of documents that were read. Whoever has one can reconstruct its document.")
    {
        KvListCommand.Create(),
        KvVerifyCommand.Create(),
        KvPruneCommand.Create(),
        KvForgetCommand.Create(),
        KvClearCommand.Create(),
        KvBenchCommand.Create(),
    };
}
