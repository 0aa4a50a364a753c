using System.Runtime.InteropServices;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.KvStore;

/// <summary>What <see cref="KvVerifier"/> found.</summary>
/// <param name="Checked">Blocks computed again.</param>
/// <param name="Same">Of these, blocks whose stored bytes are the computed ones.</param>
/// <param name="Differences">Where the others lie.</param>
public sealed record KvVerification(int Checked, int Same, IReadOnlyList<string> Differences);

/// <summary>
/// Computes random blocks of a store again, each from the stored blocks before it, and compares them bit for bit: a proof by sample that
/// what is restored is what would be computed.
/// </summary>
public sealed class KvVerifier
{
    private readonly NativeEngine engine;
    private readonly KvBlockStore store;
    private readonly Dictionary<KvKey, int> regimes;

    /// <param name="engine">The engine whose blocks are checked.</param>
    /// <param name="store">Where they lie.</param>
    public KvVerifier(NativeEngine engine, KvBlockStore store)
    {
        this.engine = engine;
        this.store = store;
        var namespaces = new KvNamespaceSource(store, engine.Folder, new KvPersistenceOptions { Engine = "native" });
        regimes = Enumerable.Range(0, 2).ToDictionary(regime => namespaces.For(engine.Pool, regime).ComputeRoot(), regime => regime);
    }

    /// <summary>Checks <paramref name="count"/> blocks, or all where there are fewer.</summary>
    /// <param name="count">Blocks to check.</param>
    /// <param name="random">Chooses them.</param>
    /// <param name="cancellation">Looked at between blocks.</param>
    public KvVerification Run(int count, Random random, CancellationToken cancellation)
    {
        var documents = store.List().Where(document => regimes.ContainsKey(document.Root)).ToList();
        var candidates = new List<(KvStoredDocument Document, int Block)>();
        foreach (var document in documents)
        {
            using var chain = store.Open(document);
            candidates.AddRange(Enumerable.Range(0, chain.BlockCount).Select(block => (document, block)));
        }

        var chosen = candidates.ToArray();
        random.Shuffle(chosen);
        var differences = new List<string>();
        var tried = 0;
        foreach (var (document, block) in chosen.Take(count))
        {
            if (IsSame(document, block, cancellation) is { } same)
            {
                tried++;
                if (!same)
                {
                    differences.Add($"block {block} of {document.Name}");
                }
            }
        }

        return new KvVerification(tried, tried - differences.Count, differences);
    }

    private bool? IsSame(KvStoredDocument document, int block, CancellationToken cancellation)
    {
        using var chain = store.Open(document);
        using var stored = new KvSequence(engine.Pool);
        BlockRestorer.Restore(chain, 0, Math.Min(block + 1, chain.BlockCount), stored, cancellation);
        if (chain.BlockCount <= block)
        {
            return null;
        }

        using var computed = new KvSequence(engine.Pool);
        BlockRestorer.Restore(chain, 0, block, computed, cancellation);
        var tokens = chain.TokensOf(block).ToArray();
        engine.Pass.Run([new PassInput(computed, tokens, 0)], regimes[document.Root], oneRowKernel: false, cancellation);
        foreach (var layer in engine.Pool.Layers)
        {
            var fresh = computed.Blocks[block].Layer(layer).ToArray();
            BlockTail.Clear(fresh, layer, tokens.Length);
            if (!MemoryMarshal.AsBytes(fresh.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(stored.Blocks[block].Layer(layer))))
            {
                return false;
            }
        }

        return true;
    }
}
