using Pipeline.Attention;

namespace Pipeline.Inference.KvCache;

/// <summary>All KV blocks of one loaded model.</summary>
public sealed class KvBlockPool : IDisposable
{
    private const int Kept = 16;

    private readonly Lock gate = new();
    private readonly Stack<KvBlock> free = new();
    private bool disposed;

    /// <summary>Creates a pool for blocks of the given layers.</summary>
    /// <param name="layers">Layouts of the model's layers, in order, without gaps.</param>
    public KvBlockPool(IReadOnlyList<KvLayout> layers)
    {
        Layers = layers;
        BlockBytes = checked(layers.Sum(l => l.Floats) * sizeof(float));
    }

    /// <summary>Layouts of the layers within a block, in order.</summary>
    public IReadOnlyList<KvLayout> Layers { get; }

    /// <summary>Bytes of a block.</summary>
    public long BlockBytes { get; }

    /// <summary>Bytes of keys and values per token.</summary>
    public long BytesPerToken => BlockBytes / KvLayout.BlockTokens;

    /// <summary>Blocks that some sequence holds.</summary>
    public int InUse { get; private set; }

    /// <summary>A block of zeros.</summary>
    internal KvBlock Rent()
    {
        KvBlock block = RentUncleared();
        block.Clear();
        return block;
    }

    /// <summary>A block that holds anything, for who writes every byte of it.</summary>
    internal KvBlock RentUncleared()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            InUse++;
            if (free.TryPop(out KvBlock? block))
            {
                block.Reuse();
                return block;
            }
        }

        return new KvBlock(this);
    }

    internal void Return(KvBlock block)
    {
        lock (gate)
        {
            InUse--;
            if (!disposed && free.Count < Kept)
            {
                free.Push(block);
                return;
            }
        }

        block.Free();
    }

    /// <summary>Frees unused blocks; those in use are freed when their sequences are disposed.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            while (free.TryPop(out KvBlock? block))
            {
                block.Free();
            }
        }
    }
}
