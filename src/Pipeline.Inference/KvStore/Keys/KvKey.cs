using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Pipeline.Inference.KvStore;

/// <summary>
/// A SHA-256 that names a place in a chain of blocks: a namespace (the chain's root) or a block, which stands for all tokens from
/// the first to its own last one.
/// </summary>
public readonly struct KvKey : IEquatable<KvKey>
{
    /// <summary>Bytes of a key.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private readonly UInt128 high;
    private readonly UInt128 low;

    /// <summary>Reads a key from its 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32 bytes.</exception>
    public KvKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A key has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        low = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
    }

    /// <summary>Writes the key's 32 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], low);
    }

    /// <summary>The key of the block that holds <paramref name="tokens"/> after the block or root <paramref name="parent"/>.</summary>
    public static KvKey OfBlock(KvKey parent, ReadOnlySpan<int> tokens)
    {
        Span<byte> head = stackalloc byte[1 + Size + sizeof(int)];
        head[0] = (byte)'B';
        parent.CopyTo(head[1..]);
        BinaryPrimitives.WriteInt32LittleEndian(head[(1 + Size)..], tokens.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head);
        if (BitConverter.IsLittleEndian)
        {
            hash.AppendData(MemoryMarshal.AsBytes(tokens));
        }
        else
        {
            Span<byte> one = stackalloc byte[sizeof(int)];
            foreach (var token in tokens)
            {
                BinaryPrimitives.WriteInt32LittleEndian(one, token);
                hash.AppendData(one);
            }
        }

        Span<byte> key = stackalloc byte[Size];
        hash.GetHashAndReset(key);
        return new KvKey(key);
    }

    /// <inheritdoc/>
    public bool Equals(KvKey other) => high == other.high && low == other.low;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is KvKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => low.GetHashCode();

    /// <summary>The key as 64 hexadecimal digits.</summary>
    public override string ToString() => $"{high:x32}{low:x32}";

    public static bool operator ==(KvKey left, KvKey right) => left.Equals(right);

    public static bool operator !=(KvKey left, KvKey right) => !left.Equals(right);
}
