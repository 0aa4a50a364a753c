using Pipeline.Inference.KvCache;
using Pipeline.Models;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>
/// ONNX Runtime's own GroupQueryAttention over a KV cache that is ours: on a GPU the fast way (FlashAttention from sm80 on), on the processor also the oracle that
/// the native engine is tested against.
/// </summary>
public sealed class OrtEngine : IDocumentEngine
{
    private readonly OrtModel model;
    private readonly KvBlockRows rows;
    private readonly OrtReader reader;
    private readonly long batchBytes;

    /// <summary>Loads the model.</summary>
    /// <exception cref="InferenceException">The graph, its data or the provider is not what the engine needs; the message names it.</exception>
    public OrtEngine(ModelFolder folder, OrtOptions options)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        batchBytes = options.BatchBytes;
        model = new OrtModel(folder, options);
        rows = new KvBlockRows(model);
        reader = new OrtReader(model, rows, options.Persistence);
    }

    /// <inheritdoc/>
    public string Name => "ort";

    /// <inheritdoc/>
    public int ContextTokens => model.Config.ContextLength;

    internal OrtModel Model => model;

    /// <summary>The KV blocks that a store fills and keeps.</summary>
    public KvBlockPool Pool => rows.Pool;

    /// <inheritdoc/>
    public IDocumentSession Read(IReadOnlyList<int> tokens, ReadOptions options, Action<ReadProgress>? progress, CancellationToken cancellation) =>
        ReadDocument(tokens, options, progress, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        rows.Pool.Dispose();
        model.Dispose();
    }

    /// <summary>As <see cref="Read"/>; the session also gives logits and queries of chosen rows, for tests and evidence.</summary>
    internal OrtDocumentSession ReadDocument(IReadOnlyList<int> tokens, ReadOptions options, Action<ReadProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(options);
        var (document, report) = reader.Read(tokens, options, progress, cancellation);
        return new OrtDocumentSession(model, document, report, batchBytes);
    }
}
