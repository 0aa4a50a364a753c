using Pipeline.Local.Processes;
using Pipeline.Local.Tests.Harness;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Tests.EndToEnd;

/// <summary>An emulated storage account, optionally behind faulty proxies, and a local run over it with the tiny model.</summary>
internal sealed class PipelineSetup : IAsyncDisposable
{
    private readonly List<FaultyProxy> proxies = [];
    private AzuriteProcess azurite;

    private PipelineSetup(string folder, AzuriteProcess azurite)
    {
        Folder = folder;
        this.azurite = azurite;
        Storage = PipelineStorage.FromConnectionString(azurite.ConnectionString);
    }

    public string Folder { get; }

    /// <summary>The account without any proxy.</summary>
    public PipelineStorage Storage { get; }

    public LocalProcess Run { get; private set; } = null!;

    public string ConnectionString => azurite.ConnectionString;

    public IReadOnlyList<FaultyProxy> Proxies => proxies;

    public long Requests => proxies.Sum(p => p.Requests);

    /// <param name="seed">Of the proxies' faults; null for no proxies.</param>
    /// <param name="timerSeconds">Interval of the sweep; null for its schedule.</param>
    public static async Task<PipelineSetup> CreateAsync(int workers, int? seed = null, IReadOnlyDictionary<string, string>? environment = null, string model = "llama-16k", int? timerSeconds = 3)
    {
        var folder = Directory.CreateTempSubdirectory("pipeline-e2e-").FullName;
        var setup = new PipelineSetup(folder, await AzuriteProcess.StartAsync(folder));
        await setup.Storage.CreateAllAsync();
        await Documents.UploadQuestionsAsync(setup.Storage);
        var connection = setup.azurite.ConnectionString;
        if (seed is { } value)
        {
            setup.proxies.Add(await FaultyProxy.StartAsync(setup.azurite.BlobPort, value));
            setup.proxies.Add(await FaultyProxy.StartAsync(setup.azurite.QueuePort, value + 1));
            connection = AzuriteProcess.ConnectionStringFor(setup.proxies[0].Port, setup.proxies[1].Port);
        }

        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Worker__MaxAnswerTokens"] = "24",
            ["Worker__ChunkTokens"] = "128",
            ["Worker__Threads"] = "1",
            ["Worker__VisibilitySeconds"] = "6",
            ["Worker__LeaseSeconds"] = "15",
            ["Worker__RetrySeconds"] = "0.2",
            ["Worker__PollSeconds"] = "0.3",
            ["Worker__MaxDeliveries"] = "20",
            ["Pipeline__CheckSeconds"] = "3",
            ["Pipeline__HeartbeatLimitSeconds"] = "30",
            ["Pipeline__StorageTimeoutSeconds"] = "5",
            ["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:01",
            ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "20",
        };
        foreach (var (name, setting) in environment ?? new Dictionary<string, string>()) settings[name] = setting;
        setup.Run = new LocalProcess(
            Path.Combine(folder, "run"),
            ["--connection-string", connection, "--samples", "none", "--models", Path.Combine(ProjectLayout.Root, "tests", "models", "tiny"), "--model", model, "--workers", $"{workers}", .. timerSeconds is { } seconds ? ["--timer-seconds", $"{seconds}"] : (string[])[]],
            settings);
        return setup;
    }

    /// <summary>Stops the emulator cleanly and starts it again at the same ports, over the same data.</summary>
    public async Task RestartStorageAsync()
    {
        var ports = (azurite.BlobPort, azurite.QueuePort);
        await azurite.DisposeAsync();
        azurite = await AzuriteProcess.StartAsync(Folder, ports);
    }

    /// <summary>All log lines of the workers.</summary>
    public IReadOnlyList<string> WorkerLog()
        => [.. Directory.GetFiles(Path.Combine(Folder, "run", "logs"), "worker-*.log").SelectMany(ReadShared)];

    public async ValueTask DisposeAsync()
    {
        await Run.DisposeAsync();
        foreach (var proxy in proxies) await proxy.DisposeAsync();
        await azurite.DisposeAsync();
        if (Environment.GetEnvironmentVariable("PIPELINE_KEEP") != "1") Directory.Delete(Folder, recursive: true);
    }

    private static IEnumerable<string> ReadShared(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
