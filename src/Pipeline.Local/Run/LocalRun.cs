using Pipeline.Local.Processes;
using Pipeline.Workflows;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Run;

/// <summary>The whole pipeline on one machine.</summary>
internal static class LocalRun
{
    private const int FewDocuments = 20;
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RefreshOfMany = TimeSpan.FromSeconds(2);

    /// <returns>0 if every document succeeded, 1 if one did not.</returns>
    public static async Task<int> RunAsync(LocalOptions options, CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.DataFolder);
        await using var turn = TakeTurn(options.DataFolder);
        using var logs = LoggerFactory.Create(l => l.AddProvider(new FileLoggerProvider(Path.Combine(options.DataFolder, "logs", "host.log"))));
        AzuriteProcess? azurite = null;
        try
        {
            azurite = options.ConnectionString is null ? await AzuriteProcess.StartAsync(options.DataFolder, say: Console.WriteLine, cancellation: cancellation) : null;
            var connectionString = options.ConnectionString ?? azurite!.ConnectionString;
            var storage = PipelineStorage.FromConfiguration(new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection([KeyValuePair.Create(PipelineStorage.ConnectionName, (string?)connectionString)]).Build());
            await storage.CreateAllAsync(cancellation);
            await File.WriteAllTextAsync(Path.Combine(options.DataFolder, ConnectionFile.Name), connectionString, cancellation);
            await SampleLoader.LoadAsync(storage, options.SamplesFolder, cancellation);

            var settings = Settings(options, connectionString);
            await using var host = await LocalHost.StartAsync(options, storage, settings, logs, cancellation);
            var workers = new List<WorkerProcess>();
            try
            {
                for (var i = 1; i <= options.Workers; i++) workers.Add(new WorkerProcess(options.DataFolder, i, WorkerSettings(options, settings, i)));
                return await FollowAsync(options, storage, cancellation);
            }
            finally
            {
                await Task.WhenAll(workers.Select(w => w.DisposeAsync().AsTask()));
            }
        }
        finally
        {
            if (azurite is not null) await azurite.DisposeAsync();
        }
    }

    private static async Task<int> FollowAsync(LocalOptions options, PipelineStorage storage, CancellationToken cancellation)
    {
        var folder = Path.Combine(options.DataFolder, "results");
        var documents = new DocumentTable(storage);
        var results = new ResultFolder(storage, folder);
        var view = new ProgressView();
        Console.WriteLine($"Storage, workflow history, logs and results: {ProgressView.Shown(options.DataFolder)}{(options.Once ? "" : ". Ctrl-C ends the run.")}");
        await view.RunAsync(async show =>
        {
            while (true)
            {
                await documents.RefreshAsync(cancellation);
                foreach (var row in documents.Rows.Where(r => r.IsFinal)) row.ReportFile ??= await results.SaveAsync(row, cancellation);
                show(documents.Rows);
                if (options.Once && documents.AllDone) return;
                await Task.Delay(documents.Rows.Count <= FewDocuments ? Refresh : RefreshOfMany, cancellation);
            }
        });
        ProgressView.Summarize(documents.Rows, folder);
        return documents.Rows.All(r => r.Succeeded) ? 0 : 1;
    }

    /// <summary>App settings of the handler, as the infrastructure sets them on Azure.</summary>
    private static Dictionary<string, string?> Settings(LocalOptions options, string connectionString) => new(StringComparer.Ordinal)
    {
        [PipelineStorage.ConnectionName] = connectionString,
        ["Pipeline__DefaultModel"] = options.Model,
        ["AzureWebJobs.OnServiceBusIntake.Disabled"] = "true",
    };

    private static Dictionary<string, string?> WorkerSettings(LocalOptions options, Dictionary<string, string?> settings, int number) => new(settings, StringComparer.Ordinal)
    {
        ["Worker__ModelsFolder"] = options.ModelsFolder,
        ["Worker__CacheFolder"] = Path.Combine(options.DataFolder, $"kv-{number}"),
        ["Worker__HealthPort"] = "0",
    };

    private static FileStream TakeTurn(string dataFolder)
    {
        try
        {
            return new FileStream(Path.Combine(dataFolder, "run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new LocalRunException($"Another local run uses {dataFolder}; end it, or use another --data folder.", e);
        }
    }
}
