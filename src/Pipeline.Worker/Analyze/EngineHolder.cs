using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.GenAi;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Engines.Ort;
using Pipeline.Models;
using Pipeline.Worker.Models;

namespace Pipeline.Worker.Analyze;

/// <summary>What a KV cache is kept for: the content's hash and a name for people.</summary>
internal readonly record struct CachedDocument(string Sha256, string Name);

/// <summary>The engine of the model used last: weights are loaded at the first document, and again when another model is asked for.</summary>
internal sealed class EngineHolder(WorkerOptions options) : IDisposable
{
    private IDocumentEngine? engine;
    private string? model;

    /// <exception cref="InferenceException">The model, the GenAI library or the GPU can't be used; the message names the way out.</exception>
    public IDocumentEngine For(KnownModel wanted, CachedDocument document)
    {
        if (engine is null || model != wanted.Folder.Path)
        {
            engine?.Dispose();
            engine = null;
            engine = Load(wanted.Folder);
            model = wanted.Folder.Path;
        }

        return engine;
    }

    private IDocumentEngine Load(ModelFolder folder)
    {
        var provider = options.Provider == "cuda" ? ExecutionProvider.Cuda : ExecutionProvider.Cpu;
        return options.Engine switch
        {
            "ort" => new OrtEngine(folder, new OrtOptions { Provider = provider, Threads = options.Threads, BatchBytes = options.BatchBytes }),
            "genai" => new GenAiEngine(folder, new GenAiOptions { Provider = provider, Threads = options.Threads, Library = options.GenAiLibrary is { Length: > 0 } file ? file : null }),
            _ => NativeEngine.Load(folder, new NativeEngineOptions { Threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads }),
        };
    }

    public void Dispose() => engine?.Dispose();
}
