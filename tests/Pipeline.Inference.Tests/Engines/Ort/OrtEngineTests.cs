using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Ort;
using Pipeline.Inference.Verification;

namespace Pipeline.Inference.Tests.Engines.Ort;

public sealed class OrtEngineTests
{
    private static readonly GenerationOptions Tokens24 = new() { MaxTokens = 24 };

    public static TheoryData<string> Folders => [.. TinyOracle.ShortNames];

    [Theory]
    [MemberData(nameof(Folders))]
    public void LogitsEqualTheUncutGraphs(string name)
    {
        var oracle = TinyOracle.Load(name);
        using var engine = new OrtEngine(oracle.Folder, new OrtOptions { Threads = 2 });
        foreach (var c in oracle.Cases)
        {
            // The document ends in the middle of the prompt: rows before and after its end, all chunks of 16, are compared.
            var split = c.Positions[0] == 0 ? 1 : Math.Min(c.Positions[0], c.Length / 2);
            using var session = engine.ReadDocument([.. c.Prompt().Take(split)], new ReadOptions { ChunkTokens = 16 }, null, default);
            int[] wanted = [.. c.Positions.Where(p => p >= split)];
            var logits = session.Evaluate([.. c.Prompt().Skip(split)], [.. wanted.Select(p => p - split)], queryLimits: null, default).Logits;

            Compare(oracle, c, wanted, logits, name);
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void GreedyAnswersEqualTheOracles(string name)
    {
        var oracle = TinyOracle.Load(name);
        using var engine = new OrtEngine(oracle.Folder, new OrtOptions { Threads = 2 });
        foreach (var c in oracle.Cases.Where(c => c.Greedy is not null))
        {
            using var session = engine.Read([.. c.Prompt().SkipLast(5)], new ReadOptions { ChunkTokens = 64 }, null, default);
            var answer = Assert.Single(session.Answer([new QuestionTokens([.. c.Prompt().TakeLast(5)])], Tokens24, null, default));

            Assert.Equal(c.Greedy!, answer.Tokens);
            Assert.Equal(FinishReason.Length, answer.FinishReason);
        }
    }

    [Theory]
    [InlineData("llama", 3)]
    [InlineData("llama", 2)]
    [InlineData("mistral-window", 3)]
    [InlineData("gpt-oss", 3)]
    [InlineData("llama-fp16", 3)]
    public void ABatchOfQuestionsGivesTheAnswersOfEachAlone(string name, int together)
    {
        var oracle = TinyOracle.Load(name);
        var prompt = oracle.Cases[1].Prompt();
        QuestionTokens[] questions = [new([.. prompt.TakeLast(5)]), new([7, 8, 9, 10, 11, 12, 13, 14, 15]), new([30, 31])];
        const int Capacity = 125 + 64;
        var sequence = Capacity * 2L * oracle.Folder.Config.NumHiddenLayers * oracle.Folder.Config.NumKeyValueHeads * oracle.Folder.Config.HeadSize
            * (name.EndsWith("fp16", StringComparison.Ordinal) ? 2 : 4);
        var read = new ReadOptions { ReserveTokens = 64 };
        using var alone = new OrtEngine(oracle.Folder, new OrtOptions { Threads = 2, BatchBytes = 0 });
        using var batched = new OrtEngine(oracle.Folder, new OrtOptions { Threads = 2, BatchBytes = together * sequence });
        using var aloneSession = alone.Read([.. prompt.SkipLast(5)], read, null, default);
        using var batchedSession = batched.Read([.. prompt.SkipLast(5)], read, null, default);

        var expected = aloneSession.Answer(questions, Tokens24, null, default);
        var answers = batchedSession.Answer(questions, Tokens24, null, default);

        Assert.Equal(expected.Select(a => a.Tokens), answers.Select(a => a.Tokens));
        Assert.Equal([0, 1, 2], answers.Select(a => a.QuestionIndex));
        Assert.Equal(3, answers.Select(a => string.Join(',', a.Tokens)).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void AnswersThatEndEarlyLeaveTheOthersAlone()
    {
        var oracle = TinyOracle.Load("llama");
        var c = oracle.Cases[1];
        QuestionTokens first = new([.. c.Prompt().TakeLast(5)]);
        using var engine = new OrtEngine(oracle.Folder, new OrtOptions { Threads = 2 });
        using var session = engine.Read([.. c.Prompt().SkipLast(5)], new ReadOptions(), null, default);
        QuestionTokens[] questions = [first, new([7, 8, 9, 10, 11, 12, 13]), new([30, 31])];
        var full = session.Answer(questions, Tokens24, null, default);

        var stopped = session.Answer(questions, Tokens24 with { StopTokens = [c.Greedy![3]] }, null, default);

        Assert.Equal(c.Greedy!.Take(3), stopped[0].Tokens);
        Assert.Equal(FinishReason.Stop, stopped[0].FinishReason);
        Assert.Equal(4, stopped[0].Usage.OutputTokens);
        Assert.Equal(full.Select(a => a.Tokens.TakeWhile(t => t != c.Greedy![3])), stopped.Select(a => (IEnumerable<int>)a.Tokens));
    }

    [Fact]
    public void CudaIsRefusedWhereOnnxRuntimeLacksIt()
    {
        var error = Assert.Throws<InferenceException>(
            () => new OrtEngine(TestModels.OpenTiny("llama-fp16"), new OrtOptions { Provider = ExecutionProvider.Cuda }));

        Assert.Contains("The provider cuda is not in this build of ONNX Runtime", error.Message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", error.Message, StringComparison.Ordinal);
    }

    private static void Compare(TinyOracle oracle, OracleCase c, int[] wanted, float[] logits, string name)
    {
        var vocabulary = oracle.Folder.Config.VocabSize;
        var tolerance = name.EndsWith("fp16", StringComparison.Ordinal) ? 0.02 : 1e-4;
        Assert.Equal(wanted.Length * vocabulary, logits.Length);
        for (var i = 0; i < wanted.Length; i++)
        {
            var row = logits.AsSpan(i * vocabulary, vocabulary);
            var expected = c.OnnxRuntime![Array.IndexOf(c.Positions, wanted[i])];
            for (var v = 0; v < oracle.Oracle.VocabularyIndices.Length; v++)
            {
                Assert.True(
                    Math.Abs(row[oracle.Oracle.VocabularyIndices[v]] - expected[v]) <= tolerance,
                    $"{name}, {c.Length} tokens, position {wanted[i]}, token {oracle.Oracle.VocabularyIndices[v]}: {row[oracle.Oracle.VocabularyIndices[v]]} instead of {expected[v]}");
            }

            if (!c.NearTies!.Contains(wanted[i]) && wanted[i] >= c.ArgMaxFrom && wanted[i] - c.ArgMaxFrom < c.ArgMax!.Length)
            {
                Assert.Equal(c.ArgMax![wanted[i] - c.ArgMaxFrom], System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(row));
            }
        }
    }
}
