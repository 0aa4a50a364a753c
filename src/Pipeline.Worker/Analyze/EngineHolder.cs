using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;

namespace Pipeline.Worker.Analyze;

/// <summary>What a KV cache is kept for: the content's hash and a name for people.</summary>
internal readonly record struct CachedDocument(string Sha256, string Name);

/// <summary>The engine of the model used last: weights are loaded at the first document, and again when another model is asked for.</summary>
internal sealed class EngineHolder(WorkerOptions options) : IDisposable
{
    private NativeEngine? engine;
    private string? model;

    public IDocumentEngine For(KnownModel wanted, CachedDocument document)
    {
        if (engine is null || model != wanted.Folder.Path)
        {
            engine?.Dispose();
            engine = null;
            engine = NativeEngine.Load(wanted.Folder, new NativeEngineOptions { Threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads });
            model = wanted.Folder.Path;
        }

        return engine;
    }

    public void Dispose() => engine?.Dispose();
}
