using System.Runtime.InteropServices;
using Pipeline.Attention;

namespace Pipeline.Inference.KvCache;

/// <summary>
/// Keys and values of <see cref="KvLayout.BlockTokens"/> consecutive tokens in all layers, one native buffer. Several sequences may share it;
/// it returns to its pool when the last lets go. Positions beyond a sequence's length are zero or belong to nobody.
/// </summary>
public sealed unsafe class KvBlock
{
    private readonly KvBlockPool pool;
    private int references = 1;

    internal KvBlock(KvBlockPool pool)
    {
        this.pool = pool;
        Address = (nint)NativeMemory.AlignedAlloc((nuint)pool.BlockBytes, 64);
    }

    /// <summary>Address of the buffer, 64-byte aligned.</summary>
    public nint Address { get; }

    /// <summary>The floats of one layer: keys <c>[kvHeads, headSize, 64]</c>, then values <c>[kvHeads, 64, ValueStride]</c>.</summary>
    public Span<float> Layer(KvLayout layout) => new((float*)Address + layout.Offset, checked((int)layout.Floats));

    /// <summary>Sequences that hold this block.</summary>
    internal int References => Volatile.Read(ref references);

    internal void AddReference() => Interlocked.Increment(ref references);

    internal void Release()
    {
        int left = Interlocked.Decrement(ref references);
        if (left == 0)
        {
            pool.Return(this);
        }
        else if (left < 0)
        {
            throw new InvalidOperationException("A KV block was released more often than it was taken.");
        }
    }

    internal void Reuse() => references = 1;

    /// <summary>Sets all to zero: what was there before may hold infinities, and zero times infinity is not zero.</summary>
    internal void Clear() => NativeMemory.Clear((void*)Address, (nuint)pool.BlockBytes);

    internal void CopyFrom(KvBlock other) => Buffer.MemoryCopy((void*)other.Address, (void*)Address, pool.BlockBytes, pool.BlockBytes);

    internal void Free() => NativeMemory.AlignedFree((void*)Address);
}
