using Pipeline.Attention;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Engines.Ort;
using Pipeline.Inference.Evidence;
using Pipeline.Inference.Generation;
using Pipeline.Inference.KvCache;
using Pipeline.Inference.Operator;

namespace Pipeline.Inference.Tests.Engines.Ort;

public sealed class OrtAttentionWeightsTests
{
    /// <summary>The native engine's attention keeps the log-sum-exp of every row and head: both engines must see the same scores, rotation, norm and window included.</summary>
    [Theory]
    [InlineData("llama")]
    [InlineData("qwen3")]
    [InlineData("phi")]
    [InlineData("ernie4_5")]
    [InlineData("chatglm")]
    [InlineData("gemma3-text")]
    [InlineData("mistral-window")]
    public unsafe void ScoresAreThoseOfTheNativeEngine(string name)
    {
        var oracle = TinyOracle.Load(name);
        var prompt = oracle.Cases[1].Prompt();
        int[] document = prompt[..^9], question = prompt[^9..];
        int[] layers = [.. Enumerable.Range(0, oracle.Folder.Config.NumHiddenLayers)];
        var expected = new Dictionary<(int Layer, int Row, int Head), float>();
        using var native = NativeEngine.Load(oracle.Folder, new NativeEngineOptions { Threads = 1 });
        using var sequence = new KvSequence(native.Pool);
        native.Pass.Run([new PassInput(sequence, document, 0)], 0, oneRowKernel: false, default);
        AttentionObserver observer = (int layer, AttentionLayer attention, AttentionBatch batch, in AttentionTensors tensors, AttentionWorkspace workspace, IParallel parallel) =>
        {
            for (var row = 0; row < question.Length; row++)
            {
                for (var head = 0; head < attention.Parameters.QueryHeads; head++)
                {
                    expected[(layer, row, head)] = workspace.LogSumExp[(row * attention.Parameters.QueryHeads) + head];
                }
            }
        };
        native.Pass.Run([new PassInput(sequence, question, 0)], 0, oneRowKernel: false, default, observer);

        using var engine = new OrtEngine(oracle.Folder, new OrtOptions { Threads = 1, QueryLayers = layers });
        using var session = engine.ReadDocument(document, new ReadOptions(), null, default);
        var queries = session.Evaluate(question, [], [long.MaxValue], default).Queries;

        Assert.Equal(layers.Length * question.Length * oracle.Folder.Config.NumAttentionHeads, expected.Count);
        foreach (var ((layer, row, head), logSumExp) in expected)
        {
            var parameters = engine.Model.Queries[layer].Parameters;
            var size = parameters.HeadSize;
            var keys = OrtAttentionWeights.Keys(engine.Model, session.Document.Cache, 0, layer, prompt.Length);
            var seen = document.Length + row + 1;
            var first = parameters.WindowTokens == 0 ? 0 : Math.Max(0, seen - parameters.WindowTokens);
            var scores = new double[seen - first];
            OrtAttentionWeights.Scores(
                queries[layer].AsSpan((row * parameters.QueryHeads * size) + (head * size), size),
                keys.AsSpan(((head / parameters.GroupSize * prompt.Length) + first) * size, scores.Length * size),
                parameters,
                scores);
            var actual = OrtAttentionWeights.Softmax(scores);
            Assert.True(Math.Abs(actual - logSumExp) < 1e-4, $"{name}: layer {layer}, row {row}, head {head}: {actual} instead of {logSumExp}");
        }
    }

    [Fact]
    public void WeightsAreProbabilitiesAveragedOverTheQuestion()
    {
        var oracle = TinyOracle.Load("llama");
        var prompt = oracle.Cases[1].Prompt();
        using var engine = new OrtEngine(oracle.Folder, new OrtOptions { Threads = 1, QueryLayers = [1] });
        using var session = engine.ReadDocument(prompt[..^9], new ReadOptions { ChunkTokens = 16 }, null, default);

        var options = new GenerationOptions { MaxTokens = 24, Attention = new AttentionRequest([new(1, 3), new(1, 0)], 2, 0) };
        var answer = session.Answer([new(prompt[^9..])], options, null, default)[0];
        float[][] weights = [.. Enumerable.Range(0, 2).Select(h => answer.Attention!.Of(h).ToArray())];

        Assert.All(weights, w => Assert.Equal(121, w.Length));
        Assert.All(weights, w => Assert.All(w, p => Assert.InRange(p, 0f, 1f)));
        Assert.All(weights, w => Assert.InRange(w.Sum(), 0.1f, 1f));
        Assert.All(weights, w => Assert.Equal([0, 0], w[..2]));
        Assert.NotEqual(weights[0], weights[1]);
        Assert.Equal(oracle.Cases[1].Greedy, answer.Tokens);
    }

    [Theory]
    [InlineData("gpt-oss", 0, "has attention sinks")]
    [InlineData("llama", 2, "has no layer 2")]
    public void LayersThatGiveNoEvidenceAreNamed(string name, int layer, string message)
    {
        var error = Assert.Throws<InferenceException>(() => new OrtEngine(TestModels.OpenTiny(name), new OrtOptions { QueryLayers = [layer] }));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
