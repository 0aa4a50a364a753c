using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.KvCache;
using Pipeline.Inference.KvStore;
using Pipeline.Models;

namespace Pipeline.Inference.Tests.KvStore.Session;

/// <summary>Reads a document in an engine of its own, as a new process would, and asks it one question.</summary>
internal sealed record RestoredReading(ReadReport Report, float[] Logits, float[] KeysAndValues)
{
    private static readonly int[] Question = [5, 9, 17, 3, 40, 8, 2];

    /// <param name="model">The model's folder.</param>
    /// <param name="store">Where its documents are kept; null for nowhere.</param>
    /// <param name="tokens">The document.</param>
    /// <param name="chunk">Tokens read at once.</param>
    /// <param name="stopAfter">Reading is cancelled when this many tokens are read.</param>
    /// <param name="alwaysRestore">Off where the choice between restoring and computing is tested: tiny models do both about as fast.</param>
    public static RestoredReading Of(
        string model, KvBlockStore? store, int[] tokens, int chunk = 128, int stopAfter = int.MaxValue, bool alwaysRestore = true)
    {
        var folder = ModelFolder.Open(model);
        using var persistence = store is null ? null : new KvPersistence(store, folder, new KvPersistenceOptions { Engine = "native", AlwaysRestore = alwaysRestore });
        using var engine = NativeEngine.Load(folder, new NativeEngineOptions { Threads = 2, Persistence = persistence });
        return Read(engine, tokens, chunk, stopAfter);
    }

    public static RestoredReading Read(NativeEngine engine, int[] tokens, int chunk = 128, int stopAfter = int.MaxValue)
    {
        using var stop = new CancellationTokenSource();
        using var session = engine.Read(tokens, new ReadOptions { ChunkTokens = chunk }, Progress, stop.Token);
        var native = (NativeSession)session;
        using var fork = native.Document.Fork();
        var kv = Copy(native.Document);
        var logits = engine.Pass.Run([new PassInput(fork, Question, 1)], native.RopeRegime, oneRowKernel: false, CancellationToken.None);
        return new RestoredReading(session.Report, logits.Row(0).ToArray(), kv);

        void Progress(ReadProgress progress)
        {
            if (progress.TokensRead >= stopAfter)
            {
                stop.Cancel();
            }
        }
    }

    /// <summary>Both readings end in the same bits: the question's logits, and all keys and values.</summary>
    public void AssertSameBitsAs(RestoredReading other)
    {
        Assert.True(Logits.AsSpan().SequenceEqual(other.Logits), "logits differ");
        Assert.True(KeysAndValues.AsSpan().SequenceEqual(other.KeysAndValues), "keys or values differ");
    }

    public static int[] Tokens(string model, int count, int seed = 7)
    {
        var config = ModelFolder.Open(model).Config;
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Math.Min(count, config.ContextLength - 100)).Select(_ => random.Next(config.VocabSize))];
    }

    private static float[] Copy(KvSequence sequence)
    {
        var all = new List<float>();
        foreach (var block in sequence.Blocks)
        {
            foreach (var layer in sequence.Pool.Layers)
            {
                all.AddRange(block.Layer(layer));
            }
        }

        return [.. all];
    }
}
