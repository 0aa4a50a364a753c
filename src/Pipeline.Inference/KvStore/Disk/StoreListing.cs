using Pipeline.Inference.KvStore.Format;
using Pipeline.Inference.KvStore.Index;

namespace Pipeline.Inference.KvStore.Disk;

/// <summary>Reads the index for people. Called while the index is held still.</summary>
internal sealed class StoreListing(StoreCore core)
{
    /// <summary>All documents, most recently used first.</summary>
    public List<KvStoredDocument> Documents()
    {
        var documents = AllDocuments();
        var sets = documents.ToDictionary(document => document.Document, document => core.Index.BlocksOf(document));
        var owners = new Dictionary<KvKey, int>();
        foreach (var key in sets.Values.SelectMany(keys => keys))
        {
            owners[key] = owners.GetValueOrDefault(key) + 1;
        }

        return [.. documents.Select(document => Describe(document, sets[document.Document], owners)).OrderByDescending(document => document.LastUsed)];
    }

    /// <summary>The longest chain, from the root on, of blocks a document needs or wrote.</summary>
    public List<KvBlockEntry> DeepestChain(KvKey document)
    {
        var record = AllDocuments().Find(candidate => candidate.Document == document);
        return record is null ? [] : DeepestChain(record, core.Index.BlocksOf(record));
    }

    /// <summary>Documents on record, and one stand-in for each writer of blocks that none of them needs: its own record is lost.</summary>
    private List<DocumentRecord> AllDocuments()
    {
        var needed = core.Index.Documents.SelectMany(document => core.Index.BlocksOf(document)).ToHashSet();
        var lost = core.Index.Blocks
            .Where(entry => !needed.Contains(entry.Key))
            .GroupBy(entry => (entry.Record.Document, entry.Record.Root))
            .Select(group => new DocumentRecord(
                group.Key.Document, group.Key.Root, "", "(record lost)", 0, group.Key.Root, group.Min(entry => entry.Record.Used), group.Max(entry => entry.LastUsed)));
        return [.. core.Index.Documents, .. lost];
    }

    private KvStoredDocument Describe(DocumentRecord document, HashSet<KvKey> keys, Dictionary<KvKey, int> owners)
    {
        long Bytes(IEnumerable<KvKey> some) => some.Sum(key => core.Index.Find(key)!.Record.Length);
        return new KvStoredDocument(
            document.Id,
            document.Name,
            core.Index.Namespaces.TryGetValue(document.Root, out var space) ? space.ModelName : "",
            document.TotalTokens,
            DeepestChain(document, keys).Sum(entry => entry.Record.Tokens.Length),
            Bytes(keys),
            Bytes(keys.Where(key => owners[key] > 1)),
            DateTimeOffset.FromUnixTimeMilliseconds(document.Created),
            DateTimeOffset.FromUnixTimeMilliseconds(document.Used))
        {
            Key = document.Document,
            Root = document.Root,
        };
    }

    private List<KvBlockEntry> DeepestChain(DocumentRecord document, HashSet<KvKey> keys)
    {
        List<KvBlockEntry> best = [];
        var inner = keys.Select(key => core.Index.Find(key)!.Record.Parent).ToHashSet();
        foreach (var leaf in keys.Where(key => !inner.Contains(key)))
        {
            var chain = core.Index.AncestorsAndSelf(leaf).Reverse().ToList();
            if (chain[0].Record.Parent == document.Root && chain.Count > best.Count)
            {
                best = chain;
            }
        }

        return best;
    }
}
