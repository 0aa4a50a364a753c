using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Ort;

namespace Pipeline.Inference.Tests.Engines.GenAi;

public sealed class GenAiEngineTests
{
    private static readonly GenerationOptions Tokens24 = new() { MaxTokens = 24 };

    public static TheoryData<string> Folders => [.. TinyOracle.ShortNames.Where(n => !n.EndsWith("fp16", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Folders))]
    public void GreedyAnswersEqualTheOracles(string name)
    {
        var oracle = TinyOracle.Load(name);
        using var engine = GenAiUnderTest.Open(oracle.Folder);
        foreach (var c in oracle.Cases)
        {
            using var session = engine.Read([.. c.Prompt().SkipLast(5)], new ReadOptions { ChunkTokens = 64 }, null, TestContext.Current.CancellationToken);
            var answer = Assert.Single(session.Answer([new QuestionTokens([.. c.Prompt().TakeLast(5)])], Tokens24, null, default));

            Assert.Equal(c.Greedy!, answer.Tokens);
            Assert.Equal(FinishReason.Length, answer.FinishReason);
        }
    }

    [Fact]
    public void QuestionsOneAfterAnotherDoNotSeeEachOther()
    {
        var oracle = TinyOracle.Load("llama");
        using var engine = GenAiUnderTest.Open(oracle.Folder);
        var prompt = oracle.Cases[1].Prompt();
        QuestionTokens first = new([.. prompt.TakeLast(5)]);
        QuestionTokens other = new([7, 8, 9, 10, 11, 12, 13]);
        using var session = engine.Read([.. prompt.SkipLast(5)], new ReadOptions(), null, default);

        var together = session.Answer([first, other, first], Tokens24, null, default);
        var alone = session.Answer([other], Tokens24, null, default);

        Assert.Equal(oracle.Cases[1].Greedy!, together[0].Tokens);
        Assert.Equal(together[0].Tokens, together[2].Tokens);
        Assert.Equal(alone[0].Tokens, together[1].Tokens);
        Assert.NotEqual(together[0].Tokens, together[1].Tokens);
        Assert.Equal((130, 125, 5, 24), (together[2].Usage.InputTokens, together[2].Usage.CachedTokens, together[2].Usage.ComputedTokens, together[2].Usage.OutputTokens));
    }

    [Fact]
    public void AStopTokenEndsTheAnswerAndIsNoPartOfIt()
    {
        var oracle = TinyOracle.Load("llama");
        using var engine = GenAiUnderTest.Open(oracle.Folder);
        var c = oracle.Cases[0];
        using var session = engine.Read([.. c.Prompt().SkipLast(5)], new ReadOptions(), null, default);

        var answer = session.Answer([new([.. c.Prompt().TakeLast(5)])], Tokens24 with { StopTokens = [c.Greedy![10]] }, null, default)[0];

        Assert.Equal(c.Greedy!.TakeWhile(t => t != c.Greedy![10]), answer.Tokens);
        Assert.Equal(FinishReason.Stop, answer.FinishReason);
        Assert.Equal(answer.Tokens.Count + 1, answer.Usage.OutputTokens);
    }

    [Fact]
    public void ASeedDrawsTheSameTokensAsInTheOrtEngine()
    {
        var oracle = TinyOracle.Load("llama");
        using var engine = GenAiUnderTest.Open(oracle.Folder);
        using var other = new OrtEngine(oracle.Folder, new OrtOptions { Threads = 2 });
        var prompt = oracle.Cases[1].Prompt();
        var options = Tokens24 with { Temperature = 0.8, TopP = 0.95, Seed = 7 };
        QuestionTokens[] questions = [new([.. prompt.TakeLast(5)]), new([.. prompt.TakeLast(5)])];
        using var session = engine.Read([.. prompt.SkipLast(5)], new ReadOptions(), null, default);
        using var otherSession = other.Read([.. prompt.SkipLast(5)], new ReadOptions(), null, default);

        var answers = session.Answer(questions, options, null, default).Select(a => a.Tokens).ToArray();

        Assert.Equal(otherSession.Answer(questions, options, null, default).Select(a => a.Tokens), answers);
        Assert.NotEqual(answers[0], answers[1]);
        Assert.NotEqual(oracle.Cases[1].Greedy, answers[0]);
    }

    [Fact]
    public void ProgressComesAfterEachChunkAndCancelStopsBetweenThem()
    {
        var oracle = TinyOracle.Load("llama");
        using var engine = GenAiUnderTest.Open(oracle.Folder);
        using var cancel = new CancellationTokenSource();
        List<int> read = [];

        Assert.Throws<OperationCanceledException>(() => engine.Read(
            oracle.Cases[2].Prompt(),
            new ReadOptions { ChunkTokens = 64 },
            p =>
            {
                read.Add(p.TokensRead);
                if (p.TokensRead == 128)
                {
                    cancel.Cancel();
                }
            },
            cancel.Token));

        Assert.Equal([64, 128], read);
    }

    [Fact]
    public void CancelStopsInTheMiddleOfAChunk()
    {
        var folder = TestModels.OpenTiny("nope-262k");
        using var engine = GenAiUnderTest.Open(folder);
        int[] tokens = [.. Enumerable.Range(0, 65_536).Select(i => 3 + (i % 500))];
        using var cancel = new CancellationTokenSource();
        var chunks = 0;
        var clock = TimeProvider.System;
        long cancelled = 0;

        Assert.Throws<OperationCanceledException>(() => engine.Read(
            tokens,
            new ReadOptions { ChunkTokens = 8192 },
            _ =>
            {
                if (++chunks == 4)
                {
                    // Fires while the fifth chunk, which takes about a second, is being read.
                    cancelled = clock.GetTimestamp();
                    cancel.CancelAfter(TimeSpan.FromMilliseconds(30));
                }
            },
            cancel.Token));
        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.GetElapsedTime(cancelled).TotalMilliseconds} ms");

        Assert.Equal(4, chunks);
    }

    [Fact]
    public void ADocumentThatFillsTheContextIsRefusedWithTheNumbers()
    {
        using var engine = GenAiUnderTest.Open(TestModels.OpenTiny("llama"));

        var error = Assert.Throws<InferenceException>(() => engine.Read(new int[512], new ReadOptions(), null, default));

        Assert.Contains("512", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AQuestionLongerThanWhatIsReservedIsRefusedWithTheNumbers()
    {
        using var engine = GenAiUnderTest.Open(TestModels.OpenTiny("llama"));
        using var session = engine.Read(new int[100], new ReadOptions { ReserveTokens = 20 }, null, default);

        var error = Assert.Throws<InferenceException>(() => session.Answer([new(new int[20])], Tokens24, null, default));

        Assert.Equal(
            "Question 1 and its answer take up to 44 tokens, but the document was read with room for 20. "
            + "Read it with more room (ReadOptions.ReserveTokens), or allow shorter answers (--max-tokens).",
            error.Message);
    }
}
