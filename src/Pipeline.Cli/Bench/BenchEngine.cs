using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.GenAi;
using Pipeline.Models;

namespace Pipeline.Cli.Bench;

/// <summary>An engine and how it is loaded.</summary>
/// <param name="Selection">Which, where, and with how many threads.</param>
/// <param name="Spinning">Whether GenAI's idle threads spin.</param>
internal sealed record BenchEngine(EngineSelection Selection, bool Spinning)
{
    internal string Name => Selection.Name;

    /// <exception cref="InferenceException">The engine does not load; the message says why.</exception>
    internal IDocumentEngine Load(ModelFolder folder) => Name is "genai"
        ? new GenAiEngine(folder, new GenAiOptions
        {
            Provider = Selection.Provider,
            Threads = Selection.Threads == 0 ? Environment.ProcessorCount : Selection.Threads,
            Library = Selection.GenAiLibrary,
            Spinning = Spinning,
            IgnoreEndOfText = true, // Every engine makes as many tokens.
        })
        : DocumentEngines.Load(folder, Selection);
}
