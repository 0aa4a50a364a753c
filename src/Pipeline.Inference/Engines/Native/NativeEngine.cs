using System.Diagnostics;
using Pipeline.Inference.Evidence;
using Pipeline.Inference.Graph;
using Pipeline.Inference.KvCache;
using Pipeline.Models;

namespace Pipeline.Inference.Engines.Native;

/// <summary>
/// The default engine: ONNX Runtime runs the model's graph, our operator its attention, and the KV cache is ours.
/// Serves one caller at a time.
/// </summary>
public sealed class NativeEngine : IDocumentEngine
{
    private readonly NativeModel model;

    private NativeEngine(ModelFolder folder, NativeModel model, NativeEngineOptions options)
    {
        Folder = folder;
        this.model = model;
        Options = options;
        Pass = new ForwardPass(model, options);
    }

    /// <inheritdoc/>
    public string Name => "native";

    /// <inheritdoc/>
    public int ContextTokens => Folder.Config.ContextLength;

    /// <summary>The model's folder.</summary>
    public ModelFolder Folder { get; }

    /// <summary>The KV blocks of this model.</summary>
    public KvBlockPool Pool => model.Pool;

    /// <summary>All attention heads whose attention can be read out, by layer.</summary>
    public IReadOnlyList<AttentionHead> AttentionHeads
        => [.. model.Layers.SelectMany(l => Enumerable.Range(0, l.Parameters.QueryHeads).Select(head => new AttentionHead(l.Layer, head)))];

    internal IReadOnlyList<AttentionNode> Layers => model.Layers;

    internal ForwardPass Pass { get; }

    internal NativeEngineOptions Options { get; }

    /// <summary>Loads a model folder.</summary>
    /// <exception cref="InferenceException">The model cannot run here; names the cause and the way out.</exception>
    public static NativeEngine Load(ModelFolder folder, NativeEngineOptions? options = null)
    {
        options ??= new NativeEngineOptions();
        return new NativeEngine(folder, NativeModel.Load(folder, options.Threads), options);
    }

    /// <summary>What the KV cache of a model folder will take, without loading its weights.</summary>
    /// <exception cref="InferenceException">This engine does not run the folder; names the cause.</exception>
    public static KvCacheSize Inspect(ModelFolder folder)
    {
        IReadOnlyList<AttentionNode> layers = NativeModel.Edit(folder).Layers;
        using var pool = new KvBlockPool([.. layers.Select(l => l.Layout)]);
        return new KvCacheSize(layers.Count, pool.BytesPerToken);
    }

    /// <inheritdoc/>
    public IDocumentSession Read(IReadOnlyList<int> tokens, ReadOptions options, Action<ReadProgress>? progress, CancellationToken cancellation)
    {
        if (tokens.Count == 0)
        {
            throw new InferenceException("The document has no tokens; there is nothing to read.");
        }

        if (tokens.Count >= ContextTokens)
        {
            throw new InferenceException(
                $"The document has {tokens.Count:N0} tokens; {Folder.Name} holds {ContextTokens:N0} with question and answer. Use a model with a longer context (--model), or split the document yourself.");
        }

        int ropeRegime = RopeRegime(tokens.Count + options.ReserveTokens);
        long start = Stopwatch.GetTimestamp();
        var sequence = new KvSequence(model.Pool);
        try
        {
            int restored = Options.Persistence?.Restore(sequence, tokens, ropeRegime, cancellation) ?? 0;
            progress?.Invoke(new ReadProgress(restored, tokens.Count, restored, Stopwatch.GetElapsedTime(start)));
            while (sequence.Length < tokens.Count)
            {
                int first = sequence.Length;
                int count = Math.Min(options.ChunkTokens, tokens.Count - first);
                Pass.Run([new PassInput(sequence, new TokenSlice(tokens, first, count), 0)], ropeRegime, oneRowKernel: false, cancellation);
                Options.Persistence?.OnRead(sequence, tokens, ropeRegime, sequence.Length);
                progress?.Invoke(new ReadProgress(sequence.Length, tokens.Count, restored, Stopwatch.GetElapsedTime(start)));
            }

            var report = new ReadReport(tokens.Count, restored, tokens.Count - restored, Stopwatch.GetElapsedTime(start));
            return new NativeSession(this, sequence, ropeRegime, report);
        }
        catch
        {
            sequence.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pass.Dispose();
        model.Dispose();
    }

    /// <summary>0: short rotary tables or the only ones; 1: the long ones.</summary>
    internal int RopeRegime(long totalTokens) => model.Facts.LongRopeFrom > 0 && totalTokens > model.Facts.LongRopeFrom ? 1 : 0;

    /// <exception cref="InferenceException">The sequence would outgrow the regime its keys were rotated for.</exception>
    internal void RefuseCrossing(int ropeRegime, long totalTokens)
    {
        if (ropeRegime == 0 && RopeRegime(totalTokens) == 1)
        {
            throw new InferenceException(
                $"Document, question and answer reach {totalTokens:N0} tokens, but the document was read for at most {model.Facts.LongRopeFrom:N0} (this model rotates longer texts differently). " +
                "Read it again with more room for questions and answers, or allow shorter answers (--max-tokens).");
        }
    }
}

/// <summary>Size of a model's KV cache.</summary>
/// <param name="Layers">Attention layers.</param>
/// <param name="BytesPerToken">Bytes of keys and values a token takes in all layers.</param>
public sealed record KvCacheSize(int Layers, long BytesPerToken);
