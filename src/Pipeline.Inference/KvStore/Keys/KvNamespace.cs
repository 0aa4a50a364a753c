using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Inference.KvStore;

/// <summary>
/// Everything besides the tokens that decides a KV cache's bits. Two runs whose namespaces differ in anything never share a block.
/// </summary>
public sealed record KvNamespace
{
    /// <summary>Raised whenever blocks that older versions wrote may differ in meaning or bits.</summary>
    public const int FormatVersion = 1;

    /// <summary>The model's name, for people; not a part of the key.</summary>
    public required string ModelName { get; init; }

    /// <summary>Hash of the model's graph and weights (<see cref="ModelFingerprint"/>).</summary>
    public required string ModelFingerprint { get; init; }

    /// <summary>Which kernels computed the bits (<see cref="KvStore.NumericsClass"/>).</summary>
    public required string NumericsClass { get; init; }

    /// <summary>The rotary regime of the document, where the model has several (LongRoPE); else empty.</summary>
    public string RopeRegime { get; init; } = "";

    /// <summary>Secret of the tenant whose documents these are; tenants with different salts can't see one another's hits.</summary>
    public ReadOnlyMemory<byte> TenantSalt { get; init; }

    /// <summary>The shape of a block.</summary>
    public required KvBlockLayout Layout { get; init; }

    /// <summary>The root of all chains in this namespace.</summary>
    public KvKey ComputeRoot()
    {
        Layout.Validate();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Text("pipeline-kv");
        Number(FormatVersion);
        Text(ModelFingerprint);
        Text(NumericsClass);
        Text(RopeRegime);
        Bytes(TenantSalt.Span);
        Number(Layout.BlockTokens);
        Number(Layout.LayerBytes.Count);
        foreach (var bytes in Layout.LayerBytes)
        {
            Number(bytes);
        }

        Text(Layout.Description);
        return new KvKey(hash.GetHashAndReset());

        // Every part carries its length, so that no two lists of parts run together into the same bytes.
        void Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

        void Bytes(ReadOnlySpan<byte> bytes)
        {
            Number(bytes.Length);
            hash.AppendData(bytes);
        }

        void Number(int value)
        {
            Span<byte> four = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(four, value);
            hash.AppendData(four);
        }
    }
}
