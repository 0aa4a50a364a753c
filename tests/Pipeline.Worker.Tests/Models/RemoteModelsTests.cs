using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Local.Processes;
using Pipeline.Models;
using Pipeline.Worker.Models;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Worker.Tests.Models;

/// <summary>Models fetched from a storage account (the emulator's), as a worker on Azure does.</summary>
public sealed class RemoteModelsTests : IAsyncLifetime
{
    private const string Name = "llama-16k";
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-models-").FullName;
    private AzuriteProcess? azurite;
    private PipelineStorage storage = null!;
    private ModelManifest manifest = null!;

    private static string Source => Path.Combine(ProjectLayout.Root, "tests", "models", "tiny", Name);

    public async ValueTask InitializeAsync()
    {
        azurite = await AzuriteProcess.StartAsync(folder);
        storage = PipelineStorage.FromConnectionString(azurite.ConnectionString);
        await storage.CreateAllAsync();
        manifest = await ModelManifest.CreateAsync(Source, TestContext.Current.CancellationToken);
        foreach (var file in manifest.Files) await storage.Models.GetBlobClient($"{Name}/{file.Name}").UploadAsync(Path.Combine(Source, file.Name), TestContext.Current.CancellationToken);
        await storage.Models.GetBlobClient($"{Name}/{ModelManifest.FileName}").UploadAsync(BinaryData.FromString(manifest.ToJson()), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (azurite is not null) await azurite.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_model_comes_whole_and_once_and_what_is_not_there_is_said()
    {
        var options = new WorkerOptions { Roles = "analyze", ModelsFolder = Path.Combine(folder, "none"), FetchedModelsFolder = Path.Combine(folder, "fetched") };
        using var remote = new RemoteModels(storage, options, NullLogger<RemoteModels>.Instance);
        var catalog = new ModelCatalog(options, remote);
        var models = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => catalog.GetAsync(Name, TestContext.Current.CancellationToken)));
        Assert.Single(models.Select(m => m.Folder.Path).Distinct());
        foreach (var file in manifest.Files) Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Source, file.Name)), await File.ReadAllBytesAsync(Path.Combine(models[0].Folder.Path, file.Name)));

        var missing = await Assert.ThrowsAsync<PermanentProblemException>(() => catalog.GetAsync("not-there", TestContext.Current.CancellationToken));
        Assert.True(missing.Problem.Is(ProblemTypes.UnknownModel));
    }

    [Fact]
    public async Task A_file_that_is_not_what_the_manifest_says_is_refused()
    {
        await storage.Models.GetBlobClient($"{Name}/tokenizer.json").UploadAsync(BinaryData.FromString("{}"), overwrite: true, TestContext.Current.CancellationToken);
        var options = new WorkerOptions { Roles = "extract", ModelsFolder = Path.Combine(folder, "none"), FetchedModelsFolder = Path.Combine(folder, "fetched") };
        using var remote = new RemoteModels(storage, options, NullLogger<RemoteModels>.Instance);
        var refused = await Assert.ThrowsAsync<PermanentProblemException>(() => new ModelCatalog(options, remote).GetAsync(Name, TestContext.Current.CancellationToken));
        Assert.Contains("tokenizer.json", refused.Problem.Detail, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(options.FetchedModelsFolder, Name)));
    }
}
