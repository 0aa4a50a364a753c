using Pipeline.Inference.KvStore.Disk;
using Pipeline.Inference.KvStore.Format;

namespace Pipeline.Inference.KvStore;

/// <summary>A document in use: while it exists, no process evicts or forgets the document's blocks.</summary>
public sealed class KvDocumentHandle : IDisposable
{
    private readonly StoreCore core;
    private readonly int[] tokens;
    private readonly List<KvKey> keys = [];
    private readonly KvDocumentIdentity identity;
    private readonly IDisposable? pin;

    internal KvDocumentHandle(StoreCore core, KvNamespace space, KvDocumentIdentity identity, ReadOnlySpan<int> tokens)
    {
        this.core = core;
        this.identity = new KvDocumentIdentity(Cut(identity.Id), Cut(identity.Name));
        this.tokens = tokens.ToArray();
        Namespace = space;
        Root = space.ComputeRoot();
        Key = this.identity.KeyIn(Root);
        pin = Pin();
    }

    /// <summary>The namespace.</summary>
    public KvNamespace Namespace { get; }

    /// <summary>The namespace's root.</summary>
    public KvKey Root { get; }

    /// <summary>Tokens of the document.</summary>
    public int TokenCount => tokens.Length;

    /// <summary>True where nothing can be committed.</summary>
    public bool IsReadOnly => core.IsReadOnly;

    /// <summary>The document's key.</summary>
    public KvKey Key { get; }

    /// <summary>The longest chain of committed blocks for the document's tokens, from whichever documents wrote them.</summary>
    public KvChain Find() =>
        new(core, Root, core.Read(() => core.Index.FindChain(Root, tokens, Namespace.Layout.BlockTokens, KeyOfFullBlock)));

    /// <summary>
    /// Becomes the document's writer, or returns null where another process is reading the same document right now, or the store can't be written.
    /// </summary>
    /// <param name="chain">What is committed already; appended blocks follow it.</param>
    public KvChainWriter? TryWrite(KvChain chain)
    {
        if (core.IsReadOnly)
        {
            return null;
        }

        IDisposable? lease = null;
        try
        {
            lease = core.Files.TryLock(core.LeasePath(Key), shared: false);
            if (lease is null)
            {
                return null;
            }

            var start = FullBlocks(chain);
            NoteUse(start.Leaf, durable: true);
            return new KvChainWriter(core, this, start.Leaf, start.Tokens, lease);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            lease?.Dispose();
            core.Warn($"The KV store '{core.Root}' can't be written, so this reading is not kept: {e.Message}");
            return null;
        }
    }

    /// <summary>Whether another process, or another handle of this one, is writing the document.</summary>
    public bool IsBeingWritten
    {
        get
        {
            if (core.IsReadOnly)
            {
                return false;
            }

            using var lease = core.Files.TryLock(core.LeasePath(Key), shared: false);
            return lease is null;
        }
    }

    /// <summary>Records that the document was used now, with its deepest committed block.</summary>
    public void NoteUse(KvChain chain)
    {
        try
        {
            if (!core.IsReadOnly)
            {
                NoteUse(chain.Leaf, durable: false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            core.Warn($"The KV store '{core.Root}' can't be written, so the time of use is not kept: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => pin?.Dispose();

    /// <summary>What the manifest is to say of the document from now on.</summary>
    internal DocumentRecord RecordWith(KvKey leaf) => new(Key, Root, identity.Id, identity.Name, tokens.Length, leaf, core.Now, core.Now);

    /// <summary>Keys of all blocks the document has when it is read completely.</summary>
    internal IReadOnlyList<KvKey> AllKeys()
    {
        var size = Namespace.Layout.BlockTokens;
        var full = tokens.Length / size;
        List<KvKey> all = [.. Enumerable.Range(0, full).Select(KeyOfFullBlock)];
        if (tokens.Length % size != 0)
        {
            all.Add(KvKey.OfBlock(full == 0 ? Root : all[^1], tokens.AsSpan(full * size)));
        }

        return all;
    }

    /// <summary>Tokens of the block with this number.</summary>
    internal int[] TokensOfBlock(int block)
    {
        var size = Namespace.Layout.BlockTokens;
        return tokens[(block * size)..Math.Min(tokens.Length, (block + 1) * size)];
    }

    /// <summary>Bytes the block with this number takes in the store.</summary>
    internal long BytesOfBlock(int block) => BlockHeader.RecordBytesOf(TokensOfBlock(block).Length, Namespace.Layout.LayerBytes);

    /// <summary>Whether a header from elsewhere is that of the document's block with this number.</summary>
    internal bool IsBlock(BlockHeader header, int block)
    {
        var own = TokensOfBlock(block);
        var parent = block == 0 ? Root : KeyOfFullBlock(block - 1);
        return header.Parent == parent
            && own.AsSpan().SequenceEqual(header.Tokens)
            && header.Key == KvKey.OfBlock(parent, own)
            && header.LayerBytes.AsSpan().SequenceEqual([.. Namespace.Layout.LayerBytes]);
    }

    internal KvKey KeyOfBlock(int start, ReadOnlySpan<int> blockTokens, KvKey parent)
    {
        var size = Namespace.Layout.BlockTokens;
        if (start % size != 0 || blockTokens.Length > size || !tokens.AsSpan(start).StartsWith(blockTokens)
            || (blockTokens.Length < size && start + blockTokens.Length != tokens.Length))
        {
            throw new ArgumentException($"A block of {blockTokens.Length} tokens at {start} is not a block of this document.", nameof(blockTokens));
        }

        return blockTokens.Length == size ? KeyOfFullBlock(start / size) : KvKey.OfBlock(parent, blockTokens);
    }

    private KvKey KeyOfFullBlock(int block)
    {
        var size = Namespace.Layout.BlockTokens;
        lock (keys)
        {
            while (keys.Count <= block)
            {
                keys.Add(KvKey.OfBlock(keys.Count == 0 ? Root : keys[^1], tokens.AsSpan(keys.Count * size, size)));
            }

            return keys[block];
        }
    }

    // A partial block that another document ended with is of use to restore, but blocks can only follow full ones.
    private (KvKey Leaf, int Tokens) FullBlocks(KvChain chain)
    {
        var covered = chain.TokenCount;
        if (covered % Namespace.Layout.BlockTokens == 0 || covered == tokens.Length)
        {
            return (chain.Leaf, covered);
        }

        var full = chain.BlockCount - 1;
        return (full == 0 ? Root : chain.KeyOf(full - 1), full * Namespace.Layout.BlockTokens);
    }

    private void NoteUse(KvKey leaf, bool durable) => core.Locked(() =>
    {
        var records = new List<ManifestRecord>();
        if (!core.Index.Namespaces.ContainsKey(Root))
        {
            records.Add(new NamespaceRecord(
                Root, Cut(Namespace.ModelName), Cut(Namespace.NumericsClass), Cut(Namespace.RopeRegime), Namespace.Layout.BlockTokens, [.. Namespace.Layout.LayerBytes]));
        }

        records.Add(RecordWith(leaf));
        core.Commit(records, durable);
    });

    private IDisposable? Pin()
    {
        try
        {
            IDisposable? held = null;
            if (!core.IsReadOnly)
            {
                // Under the store's lock, since whoever evicts tries the same file under it.
                core.Locked(() => held = core.Files.TryLock(core.PinPath(Key), shared: true));
            }

            return held;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            core.Warn($"The document can't be pinned in '{core.Root}': {e.Message}");
            return null;
        }
    }

    private static string Cut(string text) => text.Length <= KvDocumentIdentity.MaxText ? text : text[..KvDocumentIdentity.MaxText];
}
