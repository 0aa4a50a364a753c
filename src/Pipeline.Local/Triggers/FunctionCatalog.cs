using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Pipeline.Local.Triggers;

/// <summary>The app's functions and host settings, read from the same files the Functions host reads.</summary>
internal sealed class FunctionCatalog
{
    private FunctionCatalog(IReadOnlyList<FunctionEntry> functions, QueueSettings queues)
    {
        Functions = functions;
        Queues = queues;
    }

    public IReadOnlyList<FunctionEntry> Functions { get; }

    public QueueSettings Queues { get; }

    /// <param name="settings">Host settings override host.json as <c>AzureFunctionsJobHost__extensions__queues__{name}</c>.</param>
    public static FunctionCatalog Read(string folder, IConfiguration settings)
    {
        var functions = new List<FunctionEntry>();
        foreach (var functionFolder in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var file = Path.Combine(functionFolder, "function.json");
            if (!File.Exists(file)) continue;
            var name = Path.GetFileName(functionFolder);
            if (string.Equals(settings[$"AzureWebJobs.{name}.Disabled"], "true", StringComparison.OrdinalIgnoreCase)) continue;
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var bindings = document.RootElement.GetProperty("bindings").EnumerateArray()
                .Select(b => b.EnumerateObject().ToDictionary(m => m.Name, m => m.Value.ToString(), StringComparer.OrdinalIgnoreCase)).ToList();
            var trigger = bindings.Single(b => b["type"].EndsWith("Trigger", StringComparison.Ordinal));
            functions.Add(new FunctionEntry(
                name, trigger["type"], trigger["name"], trigger, bindings.Find(b => b["type"] == "durableClient")?["name"]));
        }

        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "host.json")));
        return new FunctionCatalog(functions, QueueSettings.From(host.RootElement.GetProperty("extensions").GetProperty("queues"), settings));
    }
}

/// <param name="Trigger">The trigger binding's members.</param>
/// <param name="ClientBinding">Name of the durableClient binding, if there is one.</param>
internal sealed record FunctionEntry(string Name, string TriggerType, string TriggerName, IReadOnlyDictionary<string, string> Trigger, string? ClientBinding);

/// <summary>host.json, <c>extensions.queues</c>.</summary>
internal sealed record QueueSettings(int BatchSize, int NewBatchThreshold, int MaxDequeueCount, TimeSpan VisibilityTimeout, TimeSpan MaxPollingInterval)
{
    public static QueueSettings From(JsonElement queues, IConfiguration settings)
    {
        return new(
            int.Parse(Value("batchSize", "16"), CultureInfo.InvariantCulture),
            int.Parse(Value("newBatchThreshold", "8"), CultureInfo.InvariantCulture),
            int.Parse(Value("maxDequeueCount", "5"), CultureInfo.InvariantCulture),
            TimeSpan.Parse(Value("visibilityTimeout", "00:00:00"), CultureInfo.InvariantCulture),
            TimeSpan.Parse(Value("maxPollingInterval", "00:01:00"), CultureInfo.InvariantCulture));

        string Value(string name, string standard)
            => settings[$"AzureFunctionsJobHost:extensions:queues:{name}"] ?? (queues.TryGetProperty(name, out var value) ? value.ToString() : standard);
    }
}
