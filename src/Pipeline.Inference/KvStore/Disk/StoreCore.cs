using Pipeline.Inference.KvStore.Files;
using Pipeline.Inference.KvStore.Format;
using Pipeline.Inference.KvStore.Index;

namespace Pipeline.Inference.KvStore.Disk;

/// <summary>
/// What all parts of an open store share: its files, the index with the manifest behind it, and the two locks that guard them, one
/// against other threads and one against other processes.
/// </summary>
internal sealed class StoreCore
{
    private const int RetryMilliseconds = 5;
    private readonly Lock gate = new();
    private readonly ManifestFile manifest;

    public StoreCore(KvStoreOptions options)
    {
        Options = options;
        Files = options.Files;
        // Stores of different formats lie side by side; none reads or repairs another's files.
        Root = Path.Combine(Path.GetFullPath(options.Directory), $"v{KvNamespace.FormatVersion}");
        manifest = new ManifestFile(Files, Root, Index, Warn);
        Segments = new SegmentFiles(this);
    }

    public KvStoreOptions Options { get; }

    public IKvFileLayer Files { get; }

    public string Root { get; }

    public KvIndex Index { get; } = new();

    public SegmentFiles Segments { get; }

    public bool IsReadOnly { get; private set; }

    public long Now => Options.Time.GetUtcNow().ToUnixTimeMilliseconds();

    public string PinPath(KvKey document) => Path.Combine(Root, "pins", document.ToString());

    public string LeasePath(KvKey document) => Path.Combine(Root, "leases", document.ToString());

    public void Warn(string message) => Options.OnWarning?.Invoke(message);

    /// <summary>Prepares the directory, or turns to reading only where it can't be written.</summary>
    public void Open()
    {
        try
        {
            foreach (var directory in (string[])[Root, Segments.Directory, Path.Combine(Root, "pins"), Path.Combine(Root, "leases")])
            {
                Files.CreateDirectory(directory);
            }

            Locked(() =>
            {
                Segments.DropMissing();
                Segments.Reclaim(eraseGaps: false);
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            IsReadOnly = true;
            Warn($"The KV store '{Root}' can't be written and is only read: {e.Message}");
            TryRead(() => Segments.DropMissing());
        }
    }

    /// <summary>Runs with the newest index, and no lock against other processes.</summary>
    public T Read<T>(Func<T> action)
    {
        lock (gate)
        {
            TryCatchUp();
            return action();
        }
    }

    /// <summary>Runs with the newest index while no other process changes the store.</summary>
    /// <exception cref="IOException">The store can't be written.</exception>
    /// <exception cref="TimeoutException">Another process holds the store for longer than the options allow.</exception>
    public void Locked(Action action)
    {
        lock (gate)
        {
            using var held = Acquire();
            var tail = manifest.CatchUp(locked: true);
            if (tail > 0)
            {
                manifest.DropTail(tail);
            }

            const int Few = 1024;
            var live = Index.Blocks.Count + Index.Documents.Count + Index.Namespaces.Count;
            if (manifest.IsDamaged || manifest.Frames > Few + (2 * live))
            {
                manifest.Rewrite();
            }

            action();
        }
    }

    /// <summary>Commits records. Called inside <see cref="Locked"/>.</summary>
    public void Commit(IReadOnlyList<ManifestRecord> records, bool durable = true)
    {
        if (records.Count > 0)
        {
            manifest.Append(records, durable);
        }
    }

    /// <summary>Starts the manifest anew from the index. Called inside <see cref="Locked"/>.</summary>
    public void RewriteManifest() => manifest.Rewrite();

    /// <summary>Takes blocks out that turned out bad: on disk where the store can be written, else for this process only.</summary>
    public void Quarantine(IReadOnlyList<KvBlockEntry> entries, string reason)
    {
        List<KvKey> Current() => [.. entries.Where(entry => Index.Find(entry.Key) == entry).Select(entry => entry.Key)];
        try
        {
            if (!IsReadOnly)
            {
                Locked(() =>
                {
                    // Another process may have pruned the block meanwhile, which is no damage.
                    var current = Current();
                    if (current.Count > 0)
                    {
                        Warn(reason);
                        Commit(Removals(RemovalReason.Quarantined, current));
                    }
                });
                return;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            Warn($"The KV store '{Root}' can't be written: {e.Message}");
        }

        lock (gate)
        {
            var current = Current();
            if (current.Count > 0)
            {
                Warn(reason);
                Index.Apply(new RemovalRecord(RemovalReason.Quarantined, [.. current]));
            }
        }
    }

    /// <summary>Removal records for any number of keys.</summary>
    public static List<ManifestRecord> Removals(RemovalReason reason, IEnumerable<KvKey> keys) =>
        [.. keys.Chunk(ManifestFrame.MaxKeys).Select(chunk => new RemovalRecord(reason, chunk))];

    private void TryRead(Action action)
    {
        lock (gate)
        {
            TryCatchUp();
            action();
        }
    }

    private void TryCatchUp()
    {
        try
        {
            manifest.CatchUp(locked: IsReadOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Warn($"The KV store '{Root}' can't be read: {e.Message}");
        }
    }

    private IDisposable Acquire()
    {
        var path = Path.Combine(Root, "lock");
        var start = Options.Time.GetTimestamp();
        while (true)
        {
            if (Files.TryLock(path, shared: false) is { } held)
            {
                return held;
            }

            if (Options.Time.GetElapsedTime(start) >= Options.LockTimeout)
            {
                throw new TimeoutException($"another process has held '{path}' for {Options.LockTimeout.TotalSeconds:0.#} s.");
            }

            CancellationToken.None.WaitHandle.WaitOne(RetryMilliseconds);
        }
    }
}
