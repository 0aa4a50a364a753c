using Pipeline.Inference.Engines.GenAi;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Engines.Ort;
using Pipeline.Inference.Evidence;
using Pipeline.Inference.KvCache;
using Pipeline.Models;

namespace Pipeline.Inference.Engines;

/// <summary>Which engine, and what all of them understand.</summary>
public sealed record EngineSelection
{
    /// <summary>native, ort or genai.</summary>
    /// <value>native.</value>
    public string Name { get; init; } = "native";

    /// <summary>Where ONNX Runtime runs; the native engine runs on the processor.</summary>
    /// <value><see cref="ExecutionProvider.Cpu"/>.</value>
    public ExecutionProvider Provider { get; init; }

    /// <summary>Threads; 0 for one a core.</summary>
    /// <value>0; 0 to 1,024.</value>
    public int Threads { get; init; }

    /// <summary>Keeps KV caches beyond the process; null for none. GenAI's cache can't be kept.</summary>
    public IKvPersistence? Persistence { get; init; }

    /// <summary>Bytes for copies of the document's KV cache while ort answers questions together; see <see cref="OrtOptions.BatchBytes"/>.</summary>
    /// <value>2 GiB; 0 (one after another) and more.</value>
    public long BatchBytes { get; init; } = 2L << 30;

    /// <summary>File of the GenAI library; null for the environment variable PIPELINE_GENAI_LIBRARY, then the usual places.</summary>
    public string? GenAiLibrary { get; init; }

    /// <summary>Whether GenAI's idle threads spin; null leaves it to GenAI.</summary>
    public bool? Spinning { get; init; }

    /// <summary>Has GenAI go on behind the model's end-of-text token, as the other engines do where it is no stop token; for measuring.</summary>
    public bool IgnoreEndOfText { get; init; }
}

/// <summary>Loads an engine by its name.</summary>
public static class DocumentEngines
{
    /// <summary>The engines' names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["native", "ort", "genai"];

    /// <exception cref="InferenceException">There is no such engine, or it can't run the model here; names the cause and the way out.</exception>
    public static IDocumentEngine Load(ModelFolder folder, EngineSelection selection)
    {
        ArgumentNullException.ThrowIfNull(selection);

        // ONNX Runtime left alone takes one thread a physical core, and two virtual processors can be one: every engine gets the same number here.
        int threads = selection.Threads == 0 ? Environment.ProcessorCount : selection.Threads;
        return selection.Name switch
        {
            "native" when selection.Provider != ExecutionProvider.Cpu =>
                throw new InferenceException("The native engine runs on the processor; use the engine ort or genai with the provider cuda."),
            "native" => NativeEngine.Load(folder, new NativeEngineOptions
            {
                Threads = threads,
                Persistence = selection.Persistence,
            }),
            "ort" => new OrtEngine(folder, new OrtOptions
            {
                Provider = selection.Provider,
                Threads = threads,
                BatchBytes = selection.BatchBytes,
                Persistence = selection.Persistence,
                QueryLayers = [.. (EvidenceCalibration.Load(folder.Path)?.AttentionHeads ?? []).Select(h => h.Layer).Distinct()],
            }),
            "genai" => new GenAiEngine(folder, new GenAiOptions
            {
                Provider = selection.Provider,
                Threads = threads,
                Library = selection.GenAiLibrary,
                Spinning = selection.Spinning,
                IgnoreEndOfText = selection.IgnoreEndOfText,
            }),
            _ => throw new InferenceException($"There is no engine {selection.Name}; use {string.Join(", ", Names)}."),
        };
    }
}
