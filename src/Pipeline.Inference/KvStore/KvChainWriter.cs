using System.IO.Hashing;
using Pipeline.Inference.KvStore.Disk;
using Pipeline.Inference.KvStore.Format;

namespace Pipeline.Inference.KvStore;

/// <summary>
/// Commits the blocks of a document behind a chain, and is the only writer of that document while it exists. One thread at a time.
/// </summary>
public sealed class KvChainWriter : IDisposable
{
    private readonly StoreCore core;
    private readonly KvDocumentHandle document;
    private readonly IDisposable lease;
    private readonly SegmentWriter segments;
    private int tokens;

    internal KvChainWriter(StoreCore core, KvDocumentHandle document, KvKey leaf, int tokens, IDisposable lease)
    {
        this.core = core;
        this.document = document;
        this.lease = lease;
        this.tokens = tokens;
        segments = new SegmentWriter(core);
        Leaf = leaf;
    }

    /// <summary>Key of the last committed block.</summary>
    public KvKey Leaf { get; private set; }

    /// <summary>Tokens up to the end of the last committed block.</summary>
    public int TokenCount => tokens;

    /// <summary>
    /// Commits blocks that follow the last committed one. When this returns they survive the process and a power failure; when it
    /// throws, some first of them may have been committed.
    /// </summary>
    /// <exception cref="IOException">The disk is full or failing, or the store may hold no more.</exception>
    /// <exception cref="UnauthorizedAccessException">The store can't be written any more.</exception>
    /// <exception cref="TimeoutException">Another process holds the store.</exception>
    public void Append(IReadOnlyList<IKvBlockSource> blocks)
    {
        ArgumentOutOfRangeException.ThrowIfZero(blocks.Count, nameof(blocks));
        var (keys, end) = Keys(blocks);
        var known = core.Read(() => keys.Where(key => core.Index.Find(key) is not null).ToHashSet());
        var records = new List<BlockRecord>();
        for (var i = 0; i < blocks.Count; i++)
        {
            if (!known.Contains(keys[i]))
            {
                records.Add(Write(blocks[i], keys[i], i == 0 ? Leaf : keys[i - 1]));
            }
        }

        segments.Flush();
        core.Locked(() => Commit(records, keys[^1]));
        Leaf = keys[^1];
        tokens = end;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        segments.Dispose();
        lease.Dispose();
    }

    private (List<KvKey> Keys, int End) Keys(IReadOnlyList<IKvBlockSource> blocks)
    {
        var keys = new List<KvKey>(blocks.Count);
        var end = tokens;
        foreach (var block in blocks)
        {
            keys.Add(document.KeyOfBlock(end, block.Tokens, keys.Count == 0 ? Leaf : keys[^1]));
            end += block.Tokens.Length;
        }

        return (keys, end);
    }

    // Slab by slab: each is written while its checksum has it in the processor's cache, and nothing is copied but by the system.
    private BlockRecord Write(IKvBlockSource block, KvKey key, KvKey parent)
    {
        int[] layerBytes = [.. document.Namespace.Layout.LayerBytes];
        var hashes = new ulong[layerBytes.Length];
        var header = new BlockHeader(key, parent, document.Key, block.Tokens.ToArray(), layerBytes, hashes);
        var length = header.RecordBytes;
        var (segment, start) = segments.Reserve(length);
        var offset = start + header.HeaderBytes;
        for (var layer = 0; layer < hashes.Length; layer++)
        {
            var slab = block.Layer(layer);
            hashes[layer] = XxHash3.HashToUInt64(slab);
            segments.Write(offset, slab);
            offset += slab.Length;
        }

        if (start + length > offset)
        {
            segments.Write(offset, new byte[start + length - offset]);
        }

        var head = new byte[header.HeaderBytes];
        header.Encode(head);
        segments.Write(start, head);
        return new BlockRecord(key, parent, document.Root, document.Key, segment, start, length, BlockHeader.ChecksumOf(head), core.Now, header.Tokens);
    }

    private void Commit(List<BlockRecord> records, KvKey leaf)
    {
        // Another process that computes the same document without waiting may have been first.
        records.RemoveAll(record => core.Index.Find(record.Key) is not null);
        var bytes = records.Sum(record => record.Length);
        Eviction.MakeRoom(core, core.Options.MaxBytes - bytes);
        if (core.Index.Bytes + bytes > core.Options.MaxBytes)
        {
            throw new IOException($"it may hold {core.Options.MaxBytes} bytes and all it holds is in use; raise the limit.");
        }

        core.Commit([.. records, document.RecordWith(leaf)], durable: records.Count > 0);
    }
}
