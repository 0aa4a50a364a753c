using Pipeline.Attention;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.KvCache;
using Pipeline.Inference.Operator;

namespace Pipeline.Inference.Tests.Operator;

/// <summary>A managed exception in the operator must become the error of the run: crossing into native code would end the process.</summary>
public sealed class OperatorErrorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_exception_in_the_operator_or_on_its_threads_is_the_error_of_the_run(bool onPoolThread)
    {
        using NativeEngine engine = NativeEngine.Load(TestModels.OpenTiny("llama"), new NativeEngineOptions { Threads = 2 });
        using var sequence = new KvSequence(engine.Pool);
        AttentionObserver observer = (int layer, AttentionLayer _, AttentionBatch _, in AttentionTensors _, AttentionWorkspace _, IParallel parallel) =>
        {
            if (onPoolThread)
            {
                parallel.For(64, i => throw new InvalidDataException($"broken on purpose at {i} of layer {layer}"));
            }

            throw new InvalidDataException($"broken on purpose at layer {layer}");
        };
        InferenceException error = Assert.Throws<InferenceException>(
            () => engine.Pass.Run([new PassInput(sequence, [5, 6, 7], 0)], 0, oneRowKernel: false, Cancellation, observer));
        Assert.Contains("broken on purpose at", error.Message, StringComparison.Ordinal);
        Assert.Contains("layer 0", error.Message, StringComparison.Ordinal);

        // The engine is as good as before.
        using IDocumentSession session = engine.Read([5, 6, 7], new ReadOptions(), null, Cancellation);
        Assert.Equal(3, session.TokenCount);
    }

    [Fact]
    public void A_failed_read_returns_its_blocks()
    {
        using NativeEngine engine = NativeEngine.Load(TestModels.OpenTiny("llama"), new NativeEngineOptions { Threads = 1 });
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(
            () => engine.Read([.. Enumerable.Range(3, 200)], new ReadOptions { ChunkTokens = 64 }, progress => { if (progress.TokensRead >= 64) { stop.Cancel(); } }, stop.Token));
        Assert.Equal(0, engine.Pool.InUse);
    }
}
