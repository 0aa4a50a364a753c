using System.IO.Hashing;
using Pipeline.Inference.KvStore.Disk;
using Pipeline.Inference.KvStore.Files;
using Pipeline.Inference.KvStore.Format;
using Pipeline.Inference.KvStore.Index;

namespace Pipeline.Inference.KvStore;

/// <summary>
/// The committed blocks that cover a beginning of a token list. Their bytes are checked while they are read; a block that fails ends
/// the chain before it, is quarantined, and is computed again by whoever needed it. Different blocks may be read from several threads.
/// </summary>
public sealed class KvChain : IDisposable
{
    private readonly StoreCore core;
    private readonly List<KvBlockEntry> entries;
    private readonly BlockHeader?[] headers;
    private readonly Dictionary<ulong, IKvFile?> files = [];
    private readonly Lock gate = new();

    internal KvChain(StoreCore core, KvKey root, List<KvBlockEntry> entries)
    {
        this.core = core;
        this.entries = entries;
        Root = root;
        BlockCount = entries.Count;
        headers = new BlockHeader?[entries.Count];
    }

    /// <summary>The namespace.</summary>
    public KvKey Root { get; }

    /// <summary>Blocks of the chain; shrinks to the first one that turns out unreadable.</summary>
    public int BlockCount { get; private set; }

    /// <summary>Tokens the chain covers.</summary>
    public int TokenCount
    {
        get
        {
            var tokens = 0;
            for (var i = 0; i < BlockCount; i++)
            {
                tokens += entries[i].Record.Tokens.Length;
            }

            return tokens;
        }
    }

    /// <summary>Key of the last block, or the root of an empty chain.</summary>
    public KvKey Leaf => BlockCount == 0 ? Root : entries[BlockCount - 1].Key;

    /// <summary>Bytes the chain takes in the store.</summary>
    public long Bytes => Enumerable.Range(0, BlockCount).Sum(BytesOf);

    /// <summary>Tokens of a block; only the last one may be partial.</summary>
    public ReadOnlySpan<int> TokensOf(int block) => entries[block].Record.Tokens;

    /// <summary>Key of a block.</summary>
    public KvKey KeyOf(int block) => entries[block].Key;

    /// <summary>Bytes a block takes in the store.</summary>
    public long BytesOf(int block) => entries[block].Record.Length;

    /// <summary>Reads one layer of one block and checks it.</summary>
    /// <param name="block">Number of the block.</param>
    /// <param name="layer">Number of the layer.</param>
    /// <param name="destination">Gets the slab; as long as the layout says.</param>
    /// <returns>False where the block is damaged or gone; the chain then ends before it, and the destination holds nothing of use.</returns>
    public bool TryReadLayer(int block, int layer, Span<byte> destination)
    {
        if (block >= BlockCount)
        {
            return false;
        }

        try
        {
            var header = headers[block] ??= ReadHeader(entries[block].Record);
            if (header is null || layer >= header.LayerBytes.Length || header.LayerBytes[layer] != destination.Length)
            {
                return Fail(block, "has no valid header");
            }

            var offset = entries[block].Record.Offset + header.HeaderBytes;
            for (var i = 0; i < layer; i++)
            {
                offset += header.LayerBytes[i];
            }

            return (FileOf(entries[block].Record.Segment)?.Read(offset, destination) == destination.Length
                    && XxHash3.HashToUInt64(destination) == header.LayerHashes[layer])
                || Fail(block, $"fails the checksum of layer {layer}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(block, $"can't be read ({e.Message})");
        }
    }

    /// <summary>Reads a block's whole record as it lies in its segment, for another tier; null where it is damaged or gone.</summary>
    internal byte[]? TryReadRecord(int block)
    {
        var record = entries[block].Record;
        var bytes = new byte[record.Length];
        try
        {
            return FileOf(record.Segment)?.Read(record.Offset, bytes) == bytes.Length && BlockRecordBytes.IsWhole(bytes, record.Key)
                ? bytes
                : FailRecord(block);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return FailRecord(block);
        }
    }

    /// <summary>Checks every byte of the chain's blocks; returns how many are whole, from the first on.</summary>
    public int Verify()
    {
        for (var block = 0; block < BlockCount; block++)
        {
            if (TryReadRecord(block) is null)
            {
                break;
            }
        }

        return BlockCount;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            foreach (var file in files.Values)
            {
                file?.Dispose();
            }

            files.Clear();
        }
    }

    private BlockHeader? ReadHeader(BlockRecord record)
    {
        var file = FileOf(record.Segment);
        Span<byte> start = stackalloc byte[16];
        if (file is null || file.Read(record.Offset, start) != start.Length)
        {
            return null;
        }

        var bytes = BlockHeader.PeekHeaderBytes(start);
        if (bytes == 0 || bytes > record.Length)
        {
            return null;
        }

        var encoded = new byte[bytes];
        var header = file.Read(record.Offset, encoded) == bytes && BlockHeader.ChecksumOf(encoded) == record.HeaderChecksum
            ? BlockHeader.TryDecode(encoded)
            : null;
        return header is not null
            && header.Key == record.Key
            && header.Parent == record.Parent
            && header.RecordBytes == record.Length
            && header.Tokens.AsSpan().SequenceEqual(record.Tokens)
            ? header
            : null;
    }

    private IKvFile? FileOf(ulong segment)
    {
        lock (gate)
        {
            if (!files.TryGetValue(segment, out var file))
            {
                files.Add(segment, file = core.Files.OpenRead(core.Segments.PathOf(segment)));
            }

            return file;
        }
    }

    private byte[]? FailRecord(int block)
    {
        Fail(block, "fails its checksums");
        return null;
    }

    private bool Fail(int block, string what)
    {
        var record = entries[block].Record;
        lock (gate)
        {
            if (block >= BlockCount)
            {
                return false;
            }

            BlockCount = block;
        }

        core.Quarantine(
            entries[block],
            $"A block in '{core.Segments.PathOf(record.Segment)}' at byte {record.Offset} {what}; it is left out and computed again.");
        return false;
    }
}
