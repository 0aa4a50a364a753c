using System.Diagnostics;
using Pipeline.Models;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>
/// ONNX Runtime's own GroupQueryAttention over a KV cache that is ours: on a GPU the fast way (FlashAttention from sm80 on), on the processor also the oracle that
/// the native engine is tested against.
/// </summary>
public sealed class OrtEngine : IDocumentEngine
{
    private readonly OrtModel model;
    private readonly long batchBytes;

    /// <summary>Loads the model.</summary>
    /// <exception cref="InferenceException">The graph, its data or the provider is not what the engine needs; the message names it.</exception>
    public OrtEngine(ModelFolder folder, OrtOptions options)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        batchBytes = options.BatchBytes;
        model = new OrtModel(folder, options);
    }

    /// <inheritdoc/>
    public string Name => "ort";

    /// <inheritdoc/>
    public int ContextTokens => model.Config.ContextLength;

    /// <inheritdoc/>
    public IDocumentSession Read(IReadOnlyList<int> tokens, ReadOptions options, Action<ReadProgress>? progress, CancellationToken cancellation) =>
        ReadDocument(tokens, options, progress, cancellation);

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    /// <summary>As <see cref="Read"/>; the session also gives logits and queries of chosen rows, for tests and evidence.</summary>
    internal OrtDocumentSession ReadDocument(IReadOnlyList<int> tokens, ReadOptions options, Action<ReadProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(options);
        var started = Stopwatch.GetTimestamp();
        var document = new OrtDocument(model, DocumentCapacity.Of(tokens.Count, options, ContextTokens), options.ChunkTokens);
        try
        {
            long[] ids = [.. tokens.Select(t => (long)t)];
            while (document.Length < ids.Length)
            {
                var count = Math.Min(options.ChunkTokens, ids.Length - document.Length);
                document.Read(ids.AsSpan(document.Length, count), cancellation);
                progress?.Invoke(new ReadProgress(document.Length, ids.Length, 0, Stopwatch.GetElapsedTime(started)));
            }

            var report = new ReadReport(ids.Length, 0, ids.Length, Stopwatch.GetElapsedTime(started));
            return new OrtDocumentSession(model, document, report, batchBytes);
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }
}
