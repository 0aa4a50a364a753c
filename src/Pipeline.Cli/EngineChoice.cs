using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.GenAi;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Engines.Ort;
using Pipeline.Models;

namespace Pipeline.Cli;

/// <summary>An engine and how it is loaded.</summary>
/// <param name="Name">native, ort or genai.</param>
/// <param name="Provider">Where ONNX Runtime runs; the native engine runs on the processor.</param>
/// <param name="Threads">Threads; 0 for one a core.</param>
/// <param name="Spinning">Whether GenAI's idle threads spin.</param>
/// <param name="GenAiLibrary">The GenAI library's file.</param>
internal sealed record EngineChoice(string Name, ExecutionProvider Provider, int Threads, bool Spinning, string? GenAiLibrary)
{
    internal static readonly IReadOnlyList<string> Names = ["native", "ort", "genai"];

    /// <exception cref="InferenceException">The engine does not load; the message says why.</exception>
    internal IDocumentEngine Load(ModelFolder folder) => Name switch
    {
        "native" => NativeEngine.Load(folder, Threads == 0 ? new NativeEngineOptions() : new NativeEngineOptions { Threads = Threads }),
        "ort" => new OrtEngine(folder, new OrtOptions { Provider = Provider, Threads = Threads, BatchBytes = 4L << 30 }),
        "genai" => new GenAiEngine(folder, new GenAiOptions { Provider = Provider, Threads = Threads, Spinning = Spinning, Library = GenAiLibrary, IgnoreEndOfText = true }),
        _ => throw new InferenceException($"There is no engine {Name}; use {string.Join(", ", Names)}."),
    };
}
