using System.Diagnostics;
using Pipeline.Models;

namespace Pipeline.Inference.Engines.GenAi;

/// <summary>
/// ONNX Runtime GenAI behind the common interface: the peer Pipeline is measured against, and the engine for models that only GenAI runs. It reads a document once
/// and answers questions one after another, going back to the document's end after each. Its cache lives in the process: nothing is stored or restored.
/// </summary>
public sealed class GenAiEngine : IDocumentEngine
{
    private readonly GenAiModel model;
    private readonly IReadOnlyList<int> stopTokens;

    /// <summary>Loads the library (once per process) and the model.</summary>
    /// <exception cref="InferenceException">The library is not there, or GenAI refuses the model.</exception>
    public GenAiEngine(ModelFolder folder, GenAiOptions options)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        GenAiLibrary.Load(options.Library);
        ContextTokens = folder.Config.ContextLength;
        stopTokens = folder.Config.EosTokenIds;
        model = new GenAiModel(folder, options);
    }

    /// <inheritdoc/>
    public string Name => "genai";

    /// <inheritdoc/>
    public int ContextTokens { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// The document is appended chunk by chunk. <c>search.chunk_size</c> would have GenAI do the same inside one call, at the same speed, but silent until the end.
    /// </remarks>
    public IDocumentSession Read(IReadOnlyList<int> tokens, ReadOptions options, Action<ReadProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(options);
        var capacity = DocumentCapacity.Of(tokens.Count, options, ContextTokens);
        var started = Stopwatch.GetTimestamp();
        var ids = tokens.ToArray();
        var generator = new GenAiGenerator(model.CreateGenerator(capacity.Tokens));
        try
        {
            for (var read = 0; read < ids.Length;)
            {
                var chunk = ids.AsSpan(read, Math.Min(options.ChunkTokens, ids.Length - read));
                generator.Append(chunk, cancellation);
                read += chunk.Length;
                progress?.Invoke(new ReadProgress(read, ids.Length, 0, Stopwatch.GetElapsedTime(started)));
            }
        }
        catch
        {
            generator.Dispose();
            throw;
        }

        return new GenAiSession(
            generator, new ReadReport(ids.Length, 0, ids.Length, Stopwatch.GetElapsedTime(started)), capacity, stopTokens);
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
