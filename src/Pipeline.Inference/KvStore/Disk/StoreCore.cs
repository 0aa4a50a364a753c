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
        Root = RootOf(options.Directory);
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

    /// <summary>Where the files lie. Stores of different formats lie side by side; none reads or repairs another's files.</summary>
    public static string RootOf(string directory) => Path.Combine(Path.GetFullPath(directory), $"v{KvNamespace.FormatVersion}");

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
                var unnamed = Segments.Reclaim(eraseGaps: false);
                if (unnamed > 0)
                {
                    Warn(
                        $"{unnamed} bytes in '{Segments.Directory}' are in no record of '{manifest.Path}' and are dropped: a process was stopped while it wrote, or records were lost.");
                }
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

    /// <summary>
    /// Takes a block out that turned out bad, with the others of its segment that are: on disk where the store can be written, else
    /// for this process only.
    /// </summary>
    public void Quarantine(KvBlockEntry bad, string reason)
    {
        try
        {
            if (!IsReadOnly)
            {
                Locked(() => Commit(FindDamage(bad, reason)));
                return;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            Warn($"The KV store '{Root}' can't be written: {e.Message}");
        }

        lock (gate)
        {
            FindDamage(bad, reason).ForEach(Index.Apply);
        }
    }

    /// <summary>Removal records for any number of keys.</summary>
    public static List<ManifestRecord> Removals(RemovalReason reason, IEnumerable<KvKey> keys) =>
        [.. keys.Chunk(ManifestFrame.MaxKeys).Select(chunk => new RemovalRecord(reason, chunk))];

    private List<ManifestRecord> FindDamage(KvBlockEntry bad, string reason)
    {
        // Another process may have pruned the block meanwhile, which is no damage.
        if (Index.Find(bad.Key)?.Record is not { } current || current.Segment != bad.Record.Segment || current.Offset != bad.Record.Offset)
        {
            return [];
        }

        Warn(reason);
        return Removals(RemovalReason.Quarantined, Segments.FindDamaged(bad.Record.Segment).Select(entry => entry.Key).Append(bad.Key).Distinct());
    }

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
