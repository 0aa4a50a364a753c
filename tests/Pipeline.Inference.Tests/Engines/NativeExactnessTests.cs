using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.KvCache;
using Pipeline.Inference.Verification;
using Pipeline.Models;

namespace Pipeline.Inference.Tests.Engines;

/// <summary>Bitwise claims: what must not change a bit of the result.</summary>
public sealed class NativeExactnessTests
{
    public static TheoryData<string> Models => [.. TestModels.AllTiny];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Models))]
    public void Logits_have_the_same_bits_for_every_chunk_size_and_thread_count(string name)
    {
        int[] prompt = Prompt(name, 1100);
        float[][]? expected = null;
        foreach ((int threads, int chunk) in new[] { (1, 64), (1, 256), (1, 1000), (2, 64), (2, 256), (2, 1000), (2, 257) })
        {
            using NativeEngine engine = NativeEngine.Load(TestModels.OpenTiny(name), new NativeEngineOptions { Threads = threads });
            float[][] logits = [.. LogitReader.Read(engine, prompt, p => p % 7 == 0 || p > prompt.Length - 20, Cancellation, chunk).Select(r => r.Logits)];
            expected ??= logits;
            for (int i = 0; i < logits.Length; i++)
            {
                Assert.True(expected[i].AsSpan().SequenceEqual(logits[i]), $"{threads} threads, chunks of {chunk}: wanted row {i} differs");
            }
        }
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("llama-int4-acc1")]
    [InlineData("llama-int4-acc4")]
    [InlineData("gemma3-text")]
    public void A_padded_question_alone_has_the_bits_it_has_among_eight(string name)
    {
        using NativeEngine engine = NativeEngine.Load(TestModels.OpenTiny(name), new NativeEngineOptions { Threads = 2, PadSingleRows = true });
        int[] document = Prompt(name, 411);
        KvSequence[] forks = new KvSequence[8];
        using IDocumentSession session = engine.Read(document, new ReadOptions(), null, Cancellation);
        var native = (NativeSession)session;
        int[][] questions = [.. Enumerable.Range(0, 8).Select(q => Prompt(name, 472)[(420 + q)..(425 + (3 * q))])];

        List<float[]> together = [], alone = [];
        for (int q = 0; q < 8; q++)
        {
            forks[q] = native.Document.Fork();
        }

        Logits first = engine.Pass.Run([.. questions.Select((tokens, q) => new PassInput(forks[q], tokens, 1))], 0, oneRowKernel: false, Cancellation);
        Logits second = engine.Pass.Run([.. forks.Select((fork, q) => new PassInput(fork, [100 + q], 1))], 0, oneRowKernel: false, Cancellation);
        for (int q = 0; q < 8; q++)
        {
            together.Add(first.Row(q).ToArray());
            together.Add(second.Row(q).ToArray());
            forks[q].Dispose();
            using KvSequence own = native.Document.Fork();
            alone.Add(engine.Pass.Run([new PassInput(own, questions[q], 1)], 0, oneRowKernel: false, Cancellation).Row(0).ToArray());
            alone.Add(engine.Pass.Run([new PassInput(own, [100 + q], 1)], 0, oneRowKernel: false, Cancellation).Row(0).ToArray());
        }

        for (int i = 0; i < together.Count; i++)
        {
            Assert.True(together[i].AsSpan().SequenceEqual(alone[i]), $"logits {i} differ");
        }
    }

    [Fact]
    public void Answers_of_one_question_do_not_depend_on_the_others()
    {
        using NativeEngine engine = NativeEngine.Load(TestModels.OpenTiny("llama-int4-acc1"), new NativeEngineOptions { Threads = 2, PadSingleRows = true });
        using IDocumentSession session = engine.Read(Prompt("llama-int4-acc1", 200), new ReadOptions(), null, Cancellation);
        QuestionTokens[] questions = [.. Enumerable.Range(0, 6).Select(q => new QuestionTokens(Prompt("llama", 300)[(200 + (9 * q))..(203 + (10 * q))]))];
        var options = new GenerationOptions { MaxTokens = 12, Temperature = 0.8, TopP = 0.95, Seed = 5 };
        IReadOnlyList<GeneratedAnswer> together = session.Answer(questions, options, null, Cancellation);
        Assert.Equal(together[0].Tokens, session.Answer([questions[0]], options, null, Cancellation)[0].Tokens);
        Assert.Equal(
            together.Take(3).Select(a => a.Tokens), session.Answer([.. questions.Take(3)], options, null, Cancellation).Select(a => a.Tokens));
        Assert.NotEqual(together[0].Tokens, session.Answer([questions[0]], options with { Seed = 6 }, null, Cancellation)[0].Tokens);
    }

    private static int[] Prompt(string name, int count)
    {
        return new OracleGenerator(77, Math.Min(count, ModelFolder.Open(TestModels.Tiny(name)).Config.ContextLength - 40)).Generate();
    }
}
