using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.GenAi;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Engines.Ort;
using Pipeline.Inference.Evidence;
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
        // ONNX Runtime left alone takes one thread a physical core, and two virtual processors can be one.
        var threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        var provider = options.Provider == "cuda" ? ExecutionProvider.Cuda : ExecutionProvider.Cpu;
        return options.Engine switch
        {
            "ort" => new OrtEngine(folder, new OrtOptions
            {
                Provider = provider,
                Threads = threads,
                BatchBytes = options.BatchBytes,
                Persistence = keeping?.For(folder, $"ort {options.Provider}"),
                QueryLayers = [.. (EvidenceCalibration.Load(folder.Path)?.AttentionHeads ?? []).Select(h => h.Layer).Distinct()],
            }),
            "genai" => new GenAiEngine(folder, new GenAiOptions { Provider = provider, Threads = threads, Library = options.GenAiLibrary is { Length: > 0 } file ? file : null }),
            _ => NativeEngine.Load(folder, new NativeEngineOptions { Threads = threads, Persistence = keeping?.For(folder, "native") }),
        };
    }

    public void Dispose() => engine?.Dispose();
}
