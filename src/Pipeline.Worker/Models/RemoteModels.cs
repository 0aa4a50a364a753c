using Azure;
using Azure.Storage.Blobs;
using Pipeline.Models;
using Pipeline.Models.Store;
using Pipeline.Workflows.Storage;

namespace Pipeline.Worker.Models;

/// <summary>Models of the container <c>models</c>, fetched with the worker's identity and checked against their manifest.</summary>
internal sealed partial class RemoteModels(PipelineStorage storage, WorkerOptions options, ILogger<RemoteModels> log) : IDisposable
{
    /// <summary>A worker that only extracts needs configuration and tokeniser; weights are larger.</summary>
    private const long LargestWithoutWeights = 64L << 20;

    /// <summary>The whole manifest beside a model without weights, so that its revision still names them.</summary>
    private const string WholeManifest = "whole-manifest.json";

    private readonly SemaphoreSlim one = new(1, 1);

    /// <returns>Null if the container has no such model, or none is fetched here.</returns>
    /// <exception cref="ModelStoreException">A file is damaged, or there is no room for it.</exception>
    public async Task<ModelFolder?> FetchAsync(string name, CancellationToken cancellation)
    {
        if (options.FetchedModelsFolder.Length == 0) return null;
        await one.WaitAsync(cancellation);
        try
        {
            var there = Path.Combine(options.FetchedModelsFolder, name);
            if (Directory.Exists(there)) return ModelFolder.Open(there);
            if (await ReadManifestAsync(name, cancellation) is not { } manifest) return null;
            var wanted = options.Has("analyze") ? manifest : new ModelManifest([.. manifest.Files.Where(f => f.Bytes <= LargestWithoutWeights)]);
            Fetching(name, wanted.Bytes);
            using var unused = new HttpClient();
            var folder = await new ModelStore(options.FetchedModelsFolder, unused).AddAsync(new BlobSource(storage.Models, name), wanted, name, replace: false, progress: null, cancellation);
            if (wanted != manifest) await File.WriteAllTextAsync(Path.Combine(folder.Path, WholeManifest), manifest.ToJson(), cancellation);
            return folder;
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    private async Task<ModelManifest?> ReadManifestAsync(string name, CancellationToken cancellation)
    {
        var blob = $"{name}/{ModelManifest.FileName}";
        var content = await BlobJson.ReadBytesAsync(storage.Models, blob, ModelManifest.MaximumLength, cancellation);
        return content is null ? null : ModelManifest.Parse(content.Value.Content.Span, $"{storage.Models.Name}/{blob}");
    }

    [LoggerMessage(LogLevel.Information, "Fetching the model {Model}: {Bytes} bytes")]
    private partial void Fetching(string model, long bytes);

    private sealed class BlobSource(BlobContainerClient models, string name) : IModelSource
    {
        public async Task<(Stream Content, long Offset)> OpenAsync(ModelFile file, long offset, CancellationToken cancellationToken)
        {
            try
            {
                return (await models.GetBlobClient($"{name}/{file.Name}").OpenReadAsync(offset, cancellationToken: cancellationToken), offset);
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                throw new ModelStoreException($"{models.Name}/{name}/{file.Name} is missing although the manifest names it. Upload the model again.", e);
            }
        }
    }
}
