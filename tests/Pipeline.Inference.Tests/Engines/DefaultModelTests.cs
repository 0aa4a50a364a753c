using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Engines.Ort;
using Pipeline.Inference.Generation;
using Pipeline.Inference.Verification;
using Pipeline.Models;

namespace Pipeline.Inference.Tests.Engines;

/// <summary>The default model on a document of the samples, against ONNX Runtime's uncut graph and its own attention.</summary>
public sealed class DefaultModelTests
{
    private const int Tokens = 2000;

    private static readonly ModelFolder Folder = ModelFolder.Open(TestModels.Default);
    private static readonly Lazy<DocumentPrompt> Prompt = new(Folder.LoadPrompt);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Logits_and_greedy_answers_equal_those_of_the_uncut_graph()
    {
        int[] tokens = Document(Tokens);
        int[] rows = [.. Enumerable.Range(0, Tokens).Where(r => r % 97 == 0 || r > Tokens - 40)];
        QuestionTokens[] questions = [.. new[] { "How much is the monthly rent?", "Who is the landlord?" }.Select(q => new QuestionTokens(Prompt.Value.EncodeQuestion(q)))];
        var generation = new GenerationOptions { MaxTokens = 24 };

        using var ort = new OrtEngine(Folder, new OrtOptions { Threads = 2 });
        float[] expected;
        using (OrtDocumentSession first = ort.ReadDocument(tokens[..1], new ReadOptions { ReserveTokens = Tokens }, null, Cancellation))
        {
            expected = first.Evaluate(tokens[1..], [.. rows.Skip(1).Select(r => r - 1)], queryLimits: null, Cancellation).Logits;
        }

        using IDocumentSession ortSession = ort.Read(tokens, new ReadOptions(), null, Cancellation);
        IReadOnlyList<GeneratedAnswer> expectedAnswers = ortSession.Answer(questions, generation, null, Cancellation);

        using NativeEngine native = NativeEngine.Load(Folder, new NativeEngineOptions { Threads = 2 });
        double difference = 0;
        foreach ((int position, float[] logits) in LogitReader.Read(native, tokens, p => p > 0 && rows.Contains(p), Cancellation))
        {
            var other = expected.AsSpan((Array.IndexOf(rows, position) - 1) * logits.Length, logits.Length);
            for (int i = 0; i < logits.Length; i++)
            {
                difference = Math.Max(difference, Math.Abs(other[i] - logits[i]));
            }

            Assert.True(logits.Max() - logits[Sampler.ArgMax(other)] < 1e-3, $"position {position}: another arg max");
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"largest logit difference over {rows.Length} rows of {Tokens}: {difference:E2}");
        Assert.InRange(difference, 0, 1e-3);
        using IDocumentSession session = native.Read(tokens, new ReadOptions(), null, Cancellation);
        Assert.Equal(expectedAnswers.Select(a => a.Tokens), session.Answer(questions, generation, null, Cancellation).Select(a => a.Tokens));
    }

    [Fact]
    public void Same_bits_for_chunks_of_64_256_and_1000_and_for_1_and_2_threads()
    {
        int[] tokens = Document(1040);
        float[][]? expected = null;
        foreach ((int threads, int chunk) in new[] { (2, 1000), (1, 256), (2, 64) })
        {
            using NativeEngine engine = NativeEngine.Load(Folder, new NativeEngineOptions { Threads = threads });
            float[][] logits = [.. LogitReader.Read(engine, tokens, p => p == 500 || p > 1020, Cancellation, chunk).Select(r => r.Logits)];
            expected ??= logits;
            for (int i = 0; i < logits.Length; i++)
            {
                Assert.True(expected[i].AsSpan().SequenceEqual(logits[i]), $"{threads} threads, chunks of {chunk}: wanted row {i} differs");
            }
        }
    }

    [Fact]
    public void A_long_document_and_eight_answers_take_their_KV_cache_and_400_MB_at_most()
    {
        Assert.SkipUnless(TestModels.LongTests, "A long run: set PIPELINE_LONG_TESTS=1.");
        using NativeEngine engine = NativeEngine.Load(Folder, new NativeEngineOptions { Threads = 2 });
        using (IDocumentSession warm = engine.Read(Document(64), new ReadOptions(), null, Cancellation))
        {
            warm.Answer([new QuestionTokens([9, 10])], new GenerationOptions { MaxTokens = 2 }, null, Cancellation);
        }

        using var process = System.Diagnostics.Process.GetCurrentProcess();
        long before = process.WorkingSet64;
        using IDocumentSession session = engine.Read(Document(7500), new ReadOptions(), null, Cancellation);
        QuestionTokens[] questions = [.. Enumerable.Range(1, 8).Select(i => new QuestionTokens(Prompt.Value.EncodeQuestion($"What is said about section {i}?")))];
        IReadOnlyList<GeneratedAnswer> answers = session.Answer(questions, new GenerationOptions { MaxTokens = 32 }, null, Cancellation);
        process.Refresh();
        long cache = engine.Pool.InUse * engine.Pool.BlockBytes, growth = process.PeakWorkingSet64 - before;
        TestContext.Current.TestOutputHelper!.WriteLine($"{growth / 1e6:F0} MB more at the peak, of which {cache / 1e6:F0} MB KV cache; {session.Report.Elapsed.TotalSeconds:F1} s");
        Assert.Equal(8, answers.Count);
        Assert.InRange(growth, 0, cache + 400_000_000);
    }

    /// <summary>The beginning of the samples' texts, as they are prompted.</summary>
    private static int[] Document(int tokens)
    {
        string text = string.Concat(new[] { "lease.md", "annual-report.md", "incident-report.md" }.Select(f => File.ReadAllText(TestModels.Sample(f))));
        return [.. Prompt.Value.EncodeDocument(text).Tokens.Take(tokens)];
    }
}
