using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;
using Pipeline.Attention;
using Pipeline.Inference.Graph;
using Pipeline.Inference.KvCache;
using Pipeline.Models;

namespace Pipeline.Inference.KvStore;

/// <summary>Describes an engine's blocks to the store.</summary>
internal sealed class KvNamespaceSource
{
    private readonly KvPersistenceOptions options;
    private readonly string modelName;
    private readonly string fingerprint;
    private readonly string numerics;

    public KvNamespaceSource(KvBlockStore store, ModelFolder folder, KvPersistenceOptions options)
    {
        this.options = options;
        modelName = folder.Name;
        var directory = Path.GetDirectoryName(Path.GetFullPath(folder.GraphPath))!;
        var weights = ExternalData.Files(DecoderGraph.Load(folder.GraphPath)).Keys.Select(name => Path.Combine(directory, name));
        fingerprint = ModelFingerprint.Compute(folder.GraphPath, weights, Path.Combine(store.Directory, "fingerprints.json"));
        numerics = NumericsClass.Describe(OrtEnv.Instance().GetVersionString(), options.Engine, typeof(KvLayout).Assembly);
    }

    public KvNamespace For(KvBlockPool pool, int ropeRegime) => new()
    {
        ModelName = modelName,
        ModelFingerprint = fingerprint,
        NumericsClass = numerics,
        RopeRegime = ropeRegime == 0 ? "" : $"long {ropeRegime}",
        TenantSalt = options.TenantSalt,
        Layout = new KvBlockLayout(
            KvLayout.BlockTokens,
            [.. pool.Layers.Select(layer => checked((int)(layer.Floats * sizeof(float))))],
            $"float32 keys [heads, size, tokens], values [heads, tokens, stride]; {string.Join(' ', pool.Layers.Select(layer => $"{layer.KvHeads}x{layer.HeadSize}/{layer.ValueStride}"))}"),
    };

    /// <summary>The identity of a document nobody named.</summary>
    public static KvDocumentIdentity ByTokens(ReadOnlySpan<int> tokens)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(tokens)));
        return new KvDocumentIdentity(id, $"tokens {id[..12]}");
    }
}
