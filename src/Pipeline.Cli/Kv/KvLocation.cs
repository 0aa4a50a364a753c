using System.CommandLine;
using Pipeline.Inference.KvStore;

namespace Pipeline.Cli.Kv;

/// <summary>Where the KV store lies.</summary>
internal static class KvLocation
{
    /// <summary>The option of all commands that use a store.</summary>
    internal static Option<string?> Option() => new("--kv")
    {
        Description = "Directory of the KV store. Default: pipeline/kv in the user's cache directory.",
        HelpName = "DIR",
    };

    /// <summary>Opens the store; what is wrong with it goes to standard error.</summary>
    internal static KvBlockStore Open(string? directory) =>
        KvBlockStore.Open(new KvStoreOptions { Directory = directory ?? KvStoreOptions.DefaultDirectory, OnWarning = Note });

    /// <summary>Opens a store that must be there already.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    internal static KvBlockStore OpenExisting(string? directory)
    {
        directory ??= KvStoreOptions.DefaultDirectory;
        return KvBlockStore.Exists(directory) ? Open(directory) : throw new CommandFailure($"There is no KV store in {directory}. `pipeline ask` makes one, or name another directory with --kv.");
    }

    internal static void Note(string message) => Console.Error.WriteLine($"Note: {message}");

    /// <summary>Finds a document by its name or by the beginning of its id.</summary>
    /// <exception cref="CommandFailure">None or several fit.</exception>
    internal static IReadOnlyList<KvStoredDocument> Find(KvBlockStore store, string name)
    {
        const int ShortestId = 6;
        var all = store.List();
        List<KvStoredDocument> found = [.. all.Where(document => string.Equals(document.Name, name, StringComparison.Ordinal))];
        if (found.Count == 0 && name.Length >= ShortestId)
        {
            found = [.. all.Where(document => Id(document).StartsWith(name, StringComparison.OrdinalIgnoreCase))];
        }

        return found.Select(Id).Distinct(StringComparer.Ordinal).Count() switch
        {
            0 => throw new CommandFailure($"The KV store has no document {name}. `pipeline kv list` shows names and ids; an id needs at least {ShortestId} digits."),
            1 => found,
            var count => throw new CommandFailure($"{count} documents are called {name}. Name one by its id: {string.Join(", ", found.Select(document => Id(document)[..12]).Distinct(StringComparer.Ordinal))}."),
        };
    }

    /// <summary>The document's id; where its record is lost, the key of its blocks.</summary>
    internal static string Id(KvStoredDocument document) => document.Id.Length > 0 ? document.Id : document.Key.ToString();
}
