using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Inference.KvStore;
using Pipeline.Models;
using Pipeline.Worker.Models;

namespace Pipeline.Worker.Analyze;

/// <summary>The engine of the model used last: weights are loaded at the first document, and again when another model is asked for.</summary>
/// <param name="options">Which engine, and where it runs.</param>
/// <param name="keeping">Where KV caches are kept; null for nowhere.</param>
internal sealed class EngineHolder(WorkerOptions options, CacheKeeping? keeping = null) : IDisposable
{
    private IDocumentEngine? engine;
    private string? model;

    /// <summary>The engine, ready to read this document.</summary>
    /// <exception cref="InferenceException">The model, the GenAI library or the GPU can't be used; the message names the way out.</exception>
    public IDocumentEngine For(KnownModel wanted, KvDocumentIdentity document)
    {
        if (engine is null || model != wanted.Folder.Path)
        {
            engine?.Dispose();
            engine = null;
            engine = Load(wanted.Folder);
            model = wanted.Folder.Path;
        }

        keeping?.Next(document);
        return engine;
    }

    private IDocumentEngine Load(ModelFolder folder)
    {
        var selection = new EngineSelection
        {
            Name = options.Engine,
            Provider = options.Provider == "cuda" ? ExecutionProvider.Cuda : ExecutionProvider.Cpu,
            Threads = options.Threads,
            BatchBytes = options.BatchBytes,
            GenAiLibrary = options.GenAiLibrary is { Length: > 0 } file ? file : null,
        };
        return DocumentEngines.Load(folder, selection with { Persistence = options.Engine == "genai" ? null : keeping?.For(folder, KvPersistenceOptions.KernelsOf(selection)) });
    }

    public void Dispose() => engine?.Dispose();
}
