using Pipeline.Inference.KvStore.Format;
using Pipeline.Inference.KvStore.Index;

namespace Pipeline.Inference.KvStore.Disk;

/// <summary>Takes least-recently-used leaves out until the store is small enough.</summary>
internal static class Eviction
{
    /// <summary>Evicts until at most <paramref name="maxBytes"/> remain or all that remains is in use. Called under the store's lock.</summary>
    /// <returns>Blocks taken out.</returns>
    public static int MakeRoom(StoreCore core, long maxBytes)
    {
        if (core.Index.Bytes <= maxBytes)
        {
            return 0;
        }

        var victims = Choose(core, maxBytes);
        var segments = victims.Select(victim => victim.Record.Segment).ToHashSet();
        // The record first: a block whose bytes are gone must not be named by the manifest.
        core.Commit(StoreCore.Removals(RemovalReason.Evicted, victims.Select(victim => victim.Key)));
        core.Segments.Reclaim(eraseGaps: false, segments);
        return victims.Count;
    }

    private static List<KvBlockEntry> Choose(StoreCore core, long maxBytes)
    {
        var index = core.Index;
        var pinned = PinnedBlocks(core);
        var children = new Dictionary<KvKey, int>();
        foreach (var entry in index.Blocks)
        {
            children[entry.Record.Parent] = children.GetValueOrDefault(entry.Record.Parent) + 1;
        }

        var leaves = new PriorityQueue<KvBlockEntry, long>(
            index.Blocks.Where(entry => !children.ContainsKey(entry.Key)).Select(entry => (entry, entry.LastUsed)));
        var victims = new List<KvBlockEntry>();
        var bytes = index.Bytes;
        while (bytes > maxBytes && leaves.TryDequeue(out var leaf, out _))
        {
            if (pinned.Contains(leaf.Key))
            {
                continue;
            }

            victims.Add(leaf);
            bytes -= leaf.Record.Length;
            var parent = leaf.Record.Parent;
            if (--children[parent] == 0 && index.Find(parent) is { } entry)
            {
                leaves.Enqueue(entry, entry.LastUsed);
            }
        }

        return victims;
    }

    /// <summary>Blocks of documents that some process has open.</summary>
    public static HashSet<KvKey> PinnedBlocks(StoreCore core)
    {
        var pinned = new HashSet<KvKey>();
        foreach (var document in core.Index.Documents)
        {
            if (IsInUse(core, document.Document))
            {
                pinned.UnionWith(core.Index.BlocksOf(document));
            }
        }

        return pinned;
    }

    /// <summary>Whether some process, this one included, has the document open.</summary>
    public static bool IsInUse(StoreCore core, KvKey document)
    {
        var path = core.PinPath(document);
        using (var idle = core.Files.TryLock(path, shared: false))
        {
            if (idle is null)
            {
                return true;
            }
        }

        core.Files.Delete(path);
        return false;
    }
}
