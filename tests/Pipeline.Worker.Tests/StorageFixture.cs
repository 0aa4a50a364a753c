using Pipeline.Local.Processes;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

[assembly: AssemblyFixture(typeof(Pipeline.Worker.Tests.StorageFixture))]

namespace Pipeline.Worker.Tests;

/// <summary>An emulated storage account for all tests of the assembly.</summary>
public sealed class StorageFixture : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-worker-").FullName;
    private AzuriteProcess? azurite;

    public PipelineStorage Storage { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        azurite = await AzuriteProcess.StartAsync(folder);
        Storage = PipelineStorage.FromConnectionString(azurite.ConnectionString);
        await Storage.CreateAllAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (azurite is not null) await azurite.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>An analysis that waits for a worker.</summary>
    public async Task<WorkMessage> QueuedAsync()
    {
        var id = "a-" + Guid.NewGuid().ToString("N");
        var now = TimeProvider.System.GetUtcNow();
        var status = new AnalysisStatus(id, AnalysisState.Queued, 1, 1, "doc-1", new DocumentName("x.md", new string('0', 64), 1, "text/markdown"), now, now, Dispatch: 2);
        await BlobJson.WriteAsync(Storage.Analyses, AnalysisBlobs.Status(id), status);
        return new WorkMessage(id, 1, 2, "doc-1");
    }
}
