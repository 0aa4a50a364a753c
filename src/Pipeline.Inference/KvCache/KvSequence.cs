using Pipeline.Attention;

namespace Pipeline.Inference.KvCache;

/// <summary>
/// The KV cache of one sequence: its blocks and how many tokens they hold. A fork shares all full blocks and copies the last, partial one,
/// so every token keeps its place in a block, and with it the order of all sums.
/// </summary>
public sealed class KvSequence : IDisposable
{
    private readonly List<KvBlock> blocks = [];
    private nint[] table = [];

    /// <summary>An empty sequence.</summary>
    public KvSequence(KvBlockPool pool)
    {
        Pool = pool;
    }

    /// <summary>Where the blocks come from.</summary>
    public KvBlockPool Pool { get; }

    /// <summary>Tokens in the cache.</summary>
    public int Length { get; private set; }

    /// <summary>The blocks, in order; the last may be partly filled.</summary>
    public IReadOnlyList<KvBlock> Blocks => blocks;

    /// <summary>Addresses of the blocks, for attention.</summary>
    internal nint[] Table => table;

    /// <summary>A sequence that begins like this one and goes its own way.</summary>
    public KvSequence Fork()
    {
        var fork = new KvSequence(Pool) { Length = Length };
        int full = Length / KvLayout.BlockTokens;
        for (int i = 0; i < full; i++)
        {
            blocks[i].AddReference();
            fork.blocks.Add(blocks[i]);
        }

        if (Length % KvLayout.BlockTokens != 0)
        {
            KvBlock copy = Pool.RentUncleared();
            copy.CopyFrom(blocks[full]);
            fork.blocks.Add(copy);
        }

        fork.FillTable();
        return fork;
    }

    /// <summary>Takes blocks for <paramref name="count"/> more tokens; their keys and values may be written then.</summary>
    public void Reserve(int count) => Reserve(count, Pool.Rent);

    /// <summary>Takes blocks that hold anything: every byte of them must be written before they are used.</summary>
    internal void ReserveUncleared(int count) => Reserve(count, Pool.RentUncleared);

    /// <summary>
    /// Goes on with the first <paramref name="tokens"/> tokens of a block that another sequence filled: shares a full block, copies a partial one.
    /// </summary>
    internal void Share(KvBlock block, int tokens)
    {
        if (Length != (long)blocks.Count * KvLayout.BlockTokens)
        {
            throw new InvalidOperationException("A block can only follow full ones.");
        }

        if (tokens == KvLayout.BlockTokens)
        {
            block.AddReference();
            blocks.Add(block);
        }
        else
        {
            KvBlock copy = Pool.RentUncleared();
            copy.CopyFrom(block);
            blocks.Add(copy);
        }

        FillTable();
        Length += tokens;
    }

    /// <summary>Counts <paramref name="count"/> tokens whose keys and values have been written.</summary>
    public void Advance(int count)
    {
        if (Length + count > (long)blocks.Count * KvLayout.BlockTokens)
        {
            throw new InvalidOperationException($"{Length} + {count} tokens do not fit {blocks.Count} KV blocks; reserve them first.");
        }

        Length += count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (KvBlock block in blocks)
        {
            block.Release();
        }

        blocks.Clear();
        table = [];
        Length = 0;
    }

    private void Reserve(int count, Func<KvBlock> rent)
    {
        int needed = (Length + count + KvLayout.BlockTokens - 1) / KvLayout.BlockTokens;
        if (blocks.Count < needed)
        {
            while (blocks.Count < needed)
            {
                blocks.Add(rent());
            }

            FillTable();
        }
    }

    // A new array each time: a pass that runs keeps the one it was given.
    private void FillTable() => table = [.. blocks.Select(b => b.Address)];
}
