using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Pipeline.Inference.KvStore;

namespace Pipeline.Cli.Kv;

/// <summary><c>pipeline kv list</c>.</summary>
internal static class KvListCommand
{
    private static readonly Option<string?> Kv = KvLocation.Option();
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON." };
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    internal static Command Create()
    {
        var command = new Command("list", "Lists the documents, most recently used first.") { Kv, Json };
        command.SetAction((arguments, _) => CommandAction.RunAsync(() => Task.FromResult(Run(arguments))));
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var store = KvLocation.OpenExisting(arguments.GetValue(Kv));
        var documents = store.List();
        if (arguments.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new
                {
                    store.Directory,
                    store.Bytes,
                    Documents = documents.Select(d => new { Id = KvLocation.Id(d), d.Name, Model = d.ModelName, d.TotalTokens, d.StoredTokens, d.Bytes, d.SharedBytes, d.Created, d.LastUsed }),
                },
                JsonOptions));
            return ExitCode.Success;
        }

        Console.WriteLine($"{"id",-12}  {"tokens",15}  {"bytes",10}  {"age",6}  {"last use",8}  {"model",-22}  document");
        var now = TimeProvider.System.GetUtcNow();
        foreach (var d in documents)
        {
            var tokens = d.StoredTokens == d.TotalTokens ? $"{d.TotalTokens:N0}" : $"{d.StoredTokens:N0}/{d.TotalTokens:N0}";
            Console.WriteLine(
                $"{KvLocation.Id(d)[..Math.Min(12, KvLocation.Id(d).Length)],-12}  {tokens,15}  {Size(d.Bytes),10}  {Age(now - d.Created),6}  {Age(now - d.LastUsed),8}  {Visible(d.ModelName),-22}  {Visible(d.Name)}");
        }

        Console.Error.WriteLine($"{documents.Count} document{(documents.Count == 1 ? "" : "s")}, {Size(store.Bytes)} in {store.Directory}");
        return ExitCode.Success;
    }

    internal static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F1} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):F1} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:F1} KiB"),
    };

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => $"{age.TotalDays:F0} d",
        { TotalHours: >= 2 } => $"{age.TotalHours:F0} h",
        { TotalMinutes: >= 2 } => $"{age.TotalMinutes:F0} min",
        _ => $"{Math.Max(0, age.TotalSeconds):F0} s",
    };

    /// <summary>Names come from files: control characters must not reach the terminal.</summary>
    private static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
