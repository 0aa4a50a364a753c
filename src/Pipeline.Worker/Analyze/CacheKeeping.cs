using System.Text;
using Pipeline.Inference.KvStore;
using Pipeline.Models;
using Pipeline.Workflows.Storage;

namespace Pipeline.Worker.Analyze;

/// <summary>Keeps KV caches on this worker's disk and in the blob container, where the next worker finds them.</summary>
internal sealed partial class CacheKeeping(WorkerOptions options, PipelineStorage storage, TimeProvider time, ILogger<CacheKeeping> log) : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(20);
    private KvBlockStore? store;
    private KvPersistence? persistence;

    /// <summary>The keeping of one model's documents, instead of the last model's; null where no folder is configured.</summary>
    public KvPersistence? For(ModelFolder folder, string engine)
    {
        persistence?.Dispose();
        persistence = null;
        if (options.CacheFolder.Length == 0) return null;
        store ??= KvBlockStore.Open(new KvStoreOptions { Directory = options.CacheFolder, MaxBytes = options.CacheBytes, Time = time, OnWarning = Warn });
        return persistence = new KvPersistence(store, folder, new KvPersistenceOptions
        {
            Engine = engine,
            TenantSalt = Encoding.UTF8.GetBytes(options.Tenant),
            // The lease has made this worker the only one at the analysis; the same document in another one is not worth waiting for.
            WhenBusy = KvBusyPolicy.ComputeAlone,
            Remote = options.RemoteCache ? new BlobKvTier(storage.Kv) : null,
            OnWarning = Warn,
            Time = time,
        });
    }

    /// <summary>Names the document that is read next.</summary>
    public void Next(KvDocumentIdentity document)
    {
        if (persistence is not null) persistence.Document = document;
    }

    /// <summary>Blocks on their way to the container get some time: the disk of a container goes with it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (persistence is null) return;
        using var limit = new CancellationTokenSource(DrainLimit, time);
        try
        {
            await persistence.DrainAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Warn("Some KV blocks did not reach the blob container before the process ended; they will be computed again.");
        }

        persistence.Dispose();
    }

    private void Warn(string what) => Warning(what);

    [LoggerMessage(LogLevel.Warning, "{What}")]
    private partial void Warning(string what);
}
