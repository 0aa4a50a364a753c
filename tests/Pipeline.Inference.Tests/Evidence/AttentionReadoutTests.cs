using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Engines.Ort;
using Pipeline.Inference.Evidence;
using Pipeline.Inference.KvCache;
using Pipeline.Inference.Verification;

namespace Pipeline.Inference.Tests.Evidence;

public sealed class AttentionReadoutTests
{
    private const string Model = "llama";

    private const int FirstToken = 7;
    private const int Distance = 150;

    private static readonly AttentionHead[] Heads = [new(0, 0), new(1, 1)];
    private static readonly int[] Tokens = new OracleGenerator(77, 460).Generate();
    private static readonly int[] Document = Tokens[..400];
    private static readonly QuestionTokens[] Questions = [.. Enumerable.Range(0, 5).Select(q => new QuestionTokens(Tokens[(400 + (3 * q))..(412 + (7 * q))]))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Same_bits_for_every_batch_thread_count_and_chunk_and_after_a_restore()
    {
        using NativeEngine reference = Load(threads: 1);
        float[][] expected = ReadOut(reference, Questions, chunk: 64)[2];
        foreach ((int threads, int chunk) in new[] { (1, 400), (2, 64), (3, 256) })
        {
            using NativeEngine engine = Load(threads);
            AssertSame(expected, ReadOut(engine, Questions, chunk)[2]);
            AssertSame(expected, ReadOut(engine, [Questions[2]], chunk)[0]);
            AssertSame(expected, ReadOut(engine, [Questions[4], Questions[2]], chunk)[1]);
        }

        var kept = new KeptSequence();
        using (NativeEngine engine = Load(2, kept))
        {
            ReadOut(engine, Questions, chunk: 256);
        }

        using NativeEngine restoring = Load(2, kept);
        AssertSame(expected, ReadOut(restoring, Questions, chunk: 256)[2]);
        Assert.True(kept.Restored >= 384);
    }

    [Fact]
    public void Probabilities_lie_between_0_and_1_and_the_engines_agree()
    {
        using NativeEngine native = Load(2);
        using var ort = new OrtEngine(TestModels.OpenTiny(Model), new OrtOptions { Threads = 2, QueryLayers = [0, 1] });
        float[][][] ours = ReadOut(native, Questions, chunk: 256), theirs = ReadOut(ort, Questions, chunk: 256);
        for (int q = 0; q < Questions.Length; q++)
        {
            for (int h = 0; h < Heads.Length; h++)
            {
                Assert.Equal(Document.Length, ours[q][h].Length);
                Assert.All(ours[q][h], p => Assert.InRange(p, 0, 1));
                Assert.InRange(ours[q][h].Sum(), 0.01, 1.0001);
                Assert.All(ours[q][h][..FirstToken], p => Assert.Equal(0, p));
                Assert.All(ours[q][h].Zip(theirs[q][h]), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
            }
        }
    }

    [Fact]
    public void An_unknown_head_is_refused_by_name()
    {
        using NativeEngine engine = Load(1);
        using IDocumentSession session = engine.Read(Document, new ReadOptions(), null, Cancellation);
        var options = new GenerationOptions { MaxTokens = 1, Attention = new AttentionRequest([new AttentionHead(99, 0)], 0, 0) };
        Assert.Contains("99:0", Assert.Throws<InferenceException>(() => session.Answer(Questions, options, null, Cancellation)).Message, StringComparison.Ordinal);
    }

    private static NativeEngine Load(int threads, IKvPersistence? persistence = null)
        => NativeEngine.Load(TestModels.OpenTiny(Model), new NativeEngineOptions { Threads = threads, Persistence = persistence });

    private static float[][][] ReadOut(IDocumentEngine engine, QuestionTokens[] questions, int chunk)
    {
        using IDocumentSession session = engine.Read(Document, new ReadOptions { ChunkTokens = chunk }, null, Cancellation);
        return [.. session.Answer(questions, new GenerationOptions { MaxTokens = 2, Attention = new AttentionRequest(Heads, FirstToken, Distance) }, null, Cancellation)
            .Select(a => Enumerable.Range(0, Heads.Length).Select(h => a.Attention!.Of(h).ToArray()).ToArray())];
    }

    private static void AssertSame(float[][] expected, float[][] actual)
    {
        for (int h = 0; h < expected.Length; h++)
        {
            Assert.True(expected[h].AsSpan().SequenceEqual(actual[h]), $"head {Heads[h]}");
        }
    }

    /// <summary>Keeps the full blocks of one document as bytes.</summary>
    private sealed unsafe class KeptSequence : IKvPersistence
    {
        private readonly List<byte[]> blocks = [];

        public int Restored { get; private set; }

        public int Restore(KvSequence sequence, IReadOnlyList<int> tokens, int ropeRegime, CancellationToken cancellation)
        {
            sequence.Reserve(blocks.Count * 64);
            for (int i = 0; i < blocks.Count; i++)
            {
                blocks[i].CopyTo(new Span<byte>((void*)sequence.Table[i], blocks[i].Length));
            }

            sequence.Advance(blocks.Count * 64);
            return Restored = blocks.Count * 64;
        }

        public void OnRead(KvSequence sequence, IReadOnlyList<int> tokens, int ropeRegime, int length)
        {
            for (int i = blocks.Count; i < length / 64; i++)
            {
                blocks.Add(new ReadOnlySpan<byte>((void*)sequence.Table[i], checked((int)sequence.Pool.BlockBytes)).ToArray());
            }
        }
    }
}
