using Pipeline.Inference.KvStore.Disk;
using Pipeline.Inference.KvStore.Format;

namespace Pipeline.Inference.KvStore;

/// <summary>
/// Keeps KV cache blocks on a local disk between processes, under keys that stand for their content. Several processes may use one
/// store at once. Whatever is damaged, missing or foreign is a miss: the store gives back the bytes that were committed, or nothing.
/// </summary>
public sealed class KvBlockStore
{
    private readonly StoreCore core;

    private KvBlockStore(StoreCore core)
    {
        this.core = core;
        Rates = new RateFile(core);
    }

    internal RateFile Rates { get; }

    /// <summary>The directory of this format's files.</summary>
    public string Directory => core.Root;

    /// <summary>True where nothing can be committed, for example on a read-only disk.</summary>
    public bool IsReadOnly => core.IsReadOnly;

    /// <summary>Bytes of all committed blocks.</summary>
    public long Bytes => core.Read(() => core.Index.Bytes);

    /// <summary>Whether a directory has a store of this format, however damaged.</summary>
    public static bool Exists(string directory) => System.IO.Directory.Exists(StoreCore.RootOf(directory));

    /// <summary>
    /// Opens a store, creating it when it is missing. Drops what a crash left half written; a directory that can't be written is only
    /// read, with a warning.
    /// </summary>
    public static KvBlockStore Open(KvStoreOptions options)
    {
        var opened = new StoreCore(options);
        opened.Open();
        return new KvBlockStore(opened);
    }

    /// <summary>Takes a document into use.</summary>
    /// <param name="space">What decides the cache's bits besides the tokens.</param>
    /// <param name="document">Whose chain it is.</param>
    /// <param name="tokens">The document's token ids, without any question.</param>
    public KvDocumentHandle Use(KvNamespace space, KvDocumentIdentity document, ReadOnlySpan<int> tokens) => new(core, space, document, tokens);

    /// <summary>What the store holds, most recently used first.</summary>
    public IReadOnlyList<KvStoredDocument> List() => core.Read(() => new StoreListing(core).Documents());

    /// <summary>The stored chain of a document; the chain is empty where nothing of it is stored.</summary>
    public KvChain Open(KvStoredDocument document) => new(core, document.Root, core.Read(() => new StoreListing(core).DeepestChain(document.Key)));

    /// <summary>Measured speeds of a namespace.</summary>
    public KvRates RatesOf(KvKey root) => Rates.Of(root);

    /// <summary>Takes least-recently-used leaves out until at most <paramref name="maxBytes"/> of blocks remain.</summary>
    /// <returns>Blocks taken out.</returns>
    /// <exception cref="IOException">The store can't be written.</exception>
    public int Prune(long maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        var count = 0;
        Change(() => count = Eviction.MakeRoom(core, maxBytes));
        return count;
    }

    /// <summary>
    /// Deletes a document's blocks, except those another document shares, and overwrites or cuts off their bytes.
    /// </summary>
    /// <returns>False where a process has the document open; nothing is deleted then.</returns>
    /// <exception cref="IOException">The store can't be written.</exception>
    public bool Forget(KvStoredDocument document)
    {
        var done = true;
        Change(() => done = Removal.TryForget(core, new HashSet<KvKey> { document.Key }));
        return done;
    }

    /// <summary>Deletes everything but documents a process has open.</summary>
    /// <returns>Documents left because they are in use.</returns>
    /// <exception cref="IOException">The store can't be written.</exception>
    public int Clear()
    {
        var left = 0;
        Change(() => left = Removal.Clear(core));
        return left;
    }

    /// <summary>A block's whole record, or null where it is not here or damaged.</summary>
    internal byte[]? TryReadRecord(KvKey key)
    {
        if (core.Read(() => core.Index.Find(key)) is not { } entry)
        {
            return null;
        }

        using var chain = new KvChain(core, entry.Record.Root, [entry]);
        return chain.TryReadRecord(0);
    }

    private void Change(Action action)
    {
        if (core.IsReadOnly)
        {
            throw new IOException($"The KV store '{core.Root}' can't be written; nothing was changed.");
        }

        try
        {
            core.Locked(action);
        }
        catch (TimeoutException e)
        {
            throw new IOException($"The KV store can't be changed: {e.Message}", e);
        }
    }
}
