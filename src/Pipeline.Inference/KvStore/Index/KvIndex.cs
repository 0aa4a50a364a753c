using Pipeline.Inference.KvStore.Format;

namespace Pipeline.Inference.KvStore.Index;

/// <summary>
/// What the manifest says, in memory: blocks by key and by parent, and documents. Not thread-safe; its owner holds a lock.
/// </summary>
internal sealed class KvIndex
{
    private readonly Dictionary<KvKey, KvBlockEntry> blocks = [];
    private readonly Dictionary<KvKey, List<KvBlockEntry>> children = [];
    private readonly Dictionary<KvKey, DocumentRecord> documents = [];
    private readonly Dictionary<KvKey, NamespaceRecord> namespaces = [];

    public IReadOnlyCollection<KvBlockEntry> Blocks => blocks.Values;

    public IReadOnlyCollection<DocumentRecord> Documents => documents.Values;

    public IReadOnlyDictionary<KvKey, NamespaceRecord> Namespaces => namespaces;

    /// <summary>Bytes of all committed records.</summary>
    public long Bytes { get; private set; }

    public KvBlockEntry? Find(KvKey key) => blocks.GetValueOrDefault(key);

    public DocumentRecord? FindDocument(KvKey document) => documents.GetValueOrDefault(document);

    public bool HasChildren(KvKey key) => children.ContainsKey(key);

    public void Clear()
    {
        blocks.Clear();
        children.Clear();
        documents.Clear();
        namespaces.Clear();
        Bytes = 0;
    }

    public void Apply(ManifestRecord record)
    {
        switch (record)
        {
            case NamespaceRecord r:
                namespaces[r.Root] = r;
                break;
            case BlockRecord r:
                Add(new KvBlockEntry(r));
                break;
            case DocumentRecord r:
                documents[r.Document] = documents.TryGetValue(r.Document, out var old) ? r with { Created = Math.Min(old.Created, r.Created) } : r;
                foreach (var entry in AncestorsAndSelf(r.Leaf))
                {
                    entry.LastUsed = Math.Max(entry.LastUsed, r.Used);
                }

                break;
            case RemovalRecord r:
                foreach (var key in r.Keys)
                {
                    Remove(key);
                }

                break;
            case ForgottenRecord r:
                documents.Remove(r.Document);
                break;
            default:
                throw new ArgumentException($"{record.GetType().Name} is not known.", nameof(record));
        }
    }

    /// <summary>The longest chain of committed blocks whose tokens are a prefix of <paramref name="tokens"/>, from the root on.</summary>
    /// <param name="root">The namespace.</param>
    /// <param name="tokens">The tokens to cover.</param>
    /// <param name="blockTokens">Tokens of a full block.</param>
    /// <param name="keyOf">Key of the full block with this number, so that keys are computed once and only where they are needed.</param>
    public List<KvBlockEntry> FindChain(KvKey root, ReadOnlySpan<int> tokens, int blockTokens, Func<int, KvKey> keyOf)
    {
        var chain = new List<KvBlockEntry>();
        var parent = root;
        var covered = 0;
        while (tokens.Length - covered >= blockTokens
            && blocks.TryGetValue(keyOf(chain.Count), out var entry)
            && entry.Record.Parent == parent
            && tokens.Slice(covered, blockTokens).SequenceEqual(entry.Record.Tokens))
        {
            chain.Add(entry);
            covered += blockTokens;
            parent = entry.Key;
        }

        // A document's last block may be partial; the longest that fits ends the chain.
        KvBlockEntry? last = null;
        foreach (var child in children.GetValueOrDefault(parent) ?? [])
        {
            var own = child.Record.Tokens;
            if (own.Length < blockTokens
                && own.Length > (last?.Record.Tokens.Length ?? 0)
                && tokens[covered..].StartsWith(own))
            {
                last = child;
            }
        }

        if (last is not null)
        {
            chain.Add(last);
        }

        return chain;
    }

    /// <summary>The block with this key and those before it, deepest first; ends early where the chain is broken.</summary>
    public IEnumerable<KvBlockEntry> AncestorsAndSelf(KvKey leaf)
    {
        while (blocks.TryGetValue(leaf, out var entry))
        {
            yield return entry;
            leaf = entry.Record.Parent;
        }
    }

    /// <summary>The blocks a document needs or wrote, shared ones included.</summary>
    public HashSet<KvKey> BlocksOf(DocumentRecord document)
    {
        var keys = new HashSet<KvKey>();
        foreach (var entry in AncestorsAndSelf(document.Leaf))
        {
            keys.Add(entry.Key);
        }

        // An interrupted reading has no leaf on record yet.
        foreach (var entry in blocks.Values)
        {
            if (entry.Record.Document == document.Document)
            {
                keys.Add(entry.Key);
            }
        }

        return keys;
    }

    private void Add(KvBlockEntry entry)
    {
        Remove(entry.Key);
        blocks.Add(entry.Key, entry);
        Bytes += entry.Record.Length;
        if (!children.TryGetValue(entry.Record.Parent, out var siblings))
        {
            children.Add(entry.Record.Parent, siblings = []);
        }

        siblings.Add(entry);
    }

    private void Remove(KvKey key)
    {
        if (!blocks.Remove(key, out var entry))
        {
            return;
        }

        Bytes -= entry.Record.Length;
        var siblings = children[entry.Record.Parent];
        siblings.Remove(entry);
        if (siblings.Count == 0)
        {
            children.Remove(entry.Record.Parent);
        }
    }
}
