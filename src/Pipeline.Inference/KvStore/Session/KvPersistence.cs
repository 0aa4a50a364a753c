using Pipeline.Inference.KvCache;
using Pipeline.Inference.KvStore.Tiers;
using Pipeline.Models;

namespace Pipeline.Inference.KvStore;

/// <summary>
/// Keeps an engine's documents in a store: restores what is there, commits what is computed while it is being computed. One document at
/// a time, as the engine reads them; the document stays pinned until the next one or until this is disposed.
/// </summary>
public sealed class KvPersistence : IKvPersistence, IDisposable
{
    private readonly KvBlockStore store;
    private readonly KvPersistenceOptions options;
    private readonly KvNamespaceSource namespaces;
    private readonly KvMemoryTier? memory;
    private readonly KvUploader? uploader;
    private KvReading? reading;

    /// <summary>Prepares the keeping of one model's documents; reads the model's files once to tell it from others.</summary>
    /// <exception cref="IOException">A model file can't be read.</exception>
    public KvPersistence(KvBlockStore store, ModelFolder folder, KvPersistenceOptions options)
    {
        this.store = store;
        this.options = options;
        namespaces = new KvNamespaceSource(store, folder, options);
        memory = options.MemoryBytes > 0 ? new KvMemoryTier(options.MemoryBytes) : null;
        uploader = options.Remote is { } remote ? new KvUploader(store, remote, options.RemoteOptions, options.Time, options.OnWarning) : null;
    }

    /// <summary>Whose document is read next; without it, documents go by their tokens and have no name.</summary>
    public KvDocumentIdentity? Document { get; set; }

    /// <summary>Bytes of blocks in the memory tier.</summary>
    public long MemoryBytes => memory?.Bytes ?? 0;

    /// <summary>Bytes committed here that the remote tier does not have yet.</summary>
    public long RemoteLagBytes => uploader?.LagBytes ?? 0;

    /// <summary>For how long the oldest of them has been waiting.</summary>
    public TimeSpan RemoteLag => uploader?.Lag ?? TimeSpan.Zero;

    /// <inheritdoc/>
    public int Restore(KvSequence sequence, IReadOnlyList<int> tokens, int ropeRegime, CancellationToken cancellation)
    {
        reading?.Dispose();
        reading = null;
        int[] ids = [.. tokens];
        var space = namespaces.For(sequence.Pool, ropeRegime);
        var handle = store.Use(space, Document ?? KvNamespaceSource.ByTokens(ids), ids);
        reading = new KvReading(store, handle, options, memory, uploader);
        return reading.Restore(sequence, cancellation);
    }

    /// <inheritdoc/>
    public void OnRead(KvSequence sequence, IReadOnlyList<int> tokens, int ropeRegime, int length) => reading?.OnRead(sequence, length);

    /// <summary>Returns when everything read so far is committed or given up; what is read of the document after that is not kept.</summary>
    public void Flush() => reading?.Flush();

    /// <summary>Returns when everything committed so far is in the remote tier or given up.</summary>
    public Task DrainAsync(CancellationToken cancellation)
    {
        Flush();
        return uploader?.DrainAsync(cancellation) ?? Task.CompletedTask;
    }

    /// <summary>Commits what is left, and stops.</summary>
    public void Dispose()
    {
        reading?.Dispose();
        reading = null;
        uploader?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        memory?.Dispose();
    }
}
