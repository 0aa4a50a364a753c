using Pipeline.Inference;
using Pipeline.Inference.Engines.Native;
using Pipeline.Models;

namespace Pipeline.Cli.Models;

/// <summary>What a user must know before reading a document with a model.</summary>
/// <param name="Refused">Why the native engine does not run it; null if it does.</param>
internal sealed record ModelFacts(
    string Model, string Architecture, int Layers, int QueryHeads, int KvHeads, int HeadSize, int ContextTokens, long WeightBytes, long KvBytesPerToken,
    int Tokens, long MemoryBytes, string? Refused)
{
    internal static ModelFacts Read(ModelFolder folder, int tokens)
    {
        GenAiConfig config = folder.Config;
        int length = tokens > 0 ? tokens : config.ContextLength;
        long weights = new DirectoryInfo(folder.Path).EnumerateFiles("*.data").Sum(f => f.Length);
        (long perToken, string? refused) = NativeGraph(folder);
        return new ModelFacts(
            folder.Name, config.Type, config.NumHiddenLayers, config.NumAttentionHeads, config.NumKeyValueHeads, config.HeadSize, config.ContextLength, weights, perToken,
            length, weights + (perToken * length), refused);
    }

    private static (long BytesPerToken, string? Refused) NativeGraph(ModelFolder folder)
    {
        try
        {
            return (NativeEngine.Inspect(folder).BytesPerToken, null);
        }
        catch (InferenceException e)
        {
            GenAiConfig config = folder.Config;
            return (2L * sizeof(float) * config.NumHiddenLayers * config.NumKeyValueHeads * config.HeadSize, e.Message);
        }
    }
}
