using Pipeline.Inference.KvStore.Format;

namespace Pipeline.Inference.KvStore.Disk;

/// <summary>Deletes documents with their bytes. Called under the store's lock.</summary>
internal static class Removal
{
    /// <summary>Forgets documents; returns false, and does nothing, where one of them is in use.</summary>
    public static bool TryForget(StoreCore core, IReadOnlySet<KvKey> documents)
    {
        if (documents.Any(document => Eviction.IsInUse(core, document)))
        {
            return false;
        }

        // A document whose record is lost has blocks nevertheless.
        var doomed = core.Index.Blocks.Where(entry => documents.Contains(entry.Record.Document)).Select(entry => entry.Key).ToHashSet();
        var kept = new HashSet<KvKey>();
        foreach (var document in core.Index.Documents)
        {
            (documents.Contains(document.Document) ? doomed : kept).UnionWith(core.Index.BlocksOf(document));
        }

        doomed.ExceptWith(kept);
        core.Commit([.. StoreCore.Removals(RemovalReason.Forgotten, doomed), .. documents.Select(document => new ForgottenRecord(document))]);
        core.Segments.Reclaim(eraseGaps: true);
        // The old records name the document and hold its tokens.
        core.RewriteManifest();
        foreach (var document in documents)
        {
            core.Files.Delete(core.LeasePath(document));
        }

        return true;
    }

    /// <summary>Forgets all documents that are not in use; returns how many are.</summary>
    public static int Clear(StoreCore core)
    {
        var documents = core.Index.Documents.Select(document => document.Document)
            .Concat(core.Index.Blocks.Select(entry => entry.Record.Document))
            .ToHashSet();
        var all = documents.Count;
        documents.RemoveWhere(document => Eviction.IsInUse(core, document));
        TryForget(core, documents);
        return all - documents.Count;
    }
}
