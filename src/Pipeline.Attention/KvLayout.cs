namespace Pipeline.Attention;

/// <summary>
/// Where the keys and values of one layer lie within a KV block of <see cref="BlockTokens"/> tokens.
/// Keys are stored after rotary and transposed, so that a score tile reads them along contiguous lanes; values are stored row by row.
/// <code>
/// keys    [kvHeads, headSize, BlockTokens]
/// values  [kvHeads, BlockTokens, ValueStride]      ValueStride = headSize rounded up to 16, the rest is zero
/// </code>
/// All offsets are in floats and 64-bit: a million tokens of 30 layers pass 2^31.
/// </summary>
public sealed record KvLayout
{
    /// <summary>Tokens in a block; also the number of keys of one softmax step, so it fixes the order of all sums.</summary>
    public const int BlockTokens = 64;

    /// <summary>Creates the layout of one layer.</summary>
    /// <param name="kvHeads">Key/value heads.</param>
    /// <param name="headSize">Floats per head.</param>
    /// <param name="offset">Floats from the beginning of the block to this layer.</param>
    public KvLayout(int kvHeads, int headSize, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kvHeads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(headSize);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        KvHeads = kvHeads;
        HeadSize = headSize;
        Offset = offset;
    }

    /// <summary>Key/value heads.</summary>
    public int KvHeads { get; }

    /// <summary>Floats per head.</summary>
    public int HeadSize { get; }

    /// <summary>Floats from the beginning of the block to this layer.</summary>
    public long Offset { get; }

    /// <summary>Floats from one token's value row to the next.</summary>
    public int ValueStride => (HeadSize + 15) & ~15;

    /// <summary>Floats of this layer in a block.</summary>
    public long Floats => (long)KvHeads * BlockTokens * (HeadSize + ValueStride);

    /// <summary>Floats from the beginning of the block to the keys of <paramref name="head"/>, <c>[headSize, BlockTokens]</c>.</summary>
    public long Keys(int head) => Offset + ((long)head * HeadSize * BlockTokens);

    /// <summary>Floats from the beginning of the block to the values of <paramref name="head"/>, <c>[BlockTokens, ValueStride]</c>.</summary>
    public long Values(int head) => Offset + ((long)KvHeads * HeadSize * BlockTokens) + ((long)head * BlockTokens * ValueStride);
}
