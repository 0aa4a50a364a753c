using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Pipeline.Models;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>A decoder graph in an ONNX Runtime session, with the names and types of what goes in and out.</summary>
internal sealed class OrtModel : IDisposable
{
    /// <exception cref="InferenceException">The graph, its data or the provider is not what the engine needs; the message names it.</exception>
    internal OrtModel(ModelFolder folder, OrtOptions options)
    {
        Config = folder.Config;
        var graph = new OrtGraph(folder.GraphPath, Config.Decoder.Outputs.Logits, options.QueryLayers, Config.HeadSize);
        OriginalContext = graph.OriginalContext;
        Queries = graph.Queries;
        using var sessionOptions = OrtSessionSettings.Create(options);
        sessionOptions.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder.Path);
        try
        {
            Session = new InferenceSession(graph.ToBytes(), sessionOptions);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InferenceException($"ONNX Runtime can't load {folder.GraphPath}: {e.Message}", e);
        }

        try
        {
            CacheType = Input(Config.Decoder.Inputs.PastKey(0)).ElementDataType;
            LogitsType = Output(Config.Decoder.Outputs.Logits).ElementDataType;
            Memory = CreateMemory(folder, options);
        }
        catch
        {
            Session.Dispose();
            throw;
        }
    }

    internal InferenceSession Session { get; }

    internal GenAiConfig Config { get; }

    /// <summary>Longest total length of LongRoPE's short regime; null where the model has one regime.</summary>
    internal long? OriginalContext { get; }

    internal IReadOnlyList<QueryOutput> Queries { get; }

    /// <summary>Element type of keys and values: float, float16 or bfloat16.</summary>
    internal TensorElementType CacheType { get; }

    internal TensorElementType LogitsType { get; }

    /// <summary>Where keys and values live.</summary>
    internal ICacheMemory Memory { get; }

    /// <summary>Bytes of the keys and values of one token.</summary>
    internal long CacheBytesPerToken => 2L * Config.NumHiddenLayers * Config.NumKeyValueHeads * Config.HeadSize * TensorElements.Size(CacheType);

    /// <summary>Whether the graph has an input of this name: an exporter leaves out what nothing reads.</summary>
    internal bool HasInput(string? name) => name is not null && Session.InputMetadata.ContainsKey(name);

    /// <summary>How many copies of its queries a run gives.</summary>
    internal int QueryCopies(long[] limits) => HasInput(QueryOutputs.PositionInput) ? limits.Length : 1;

    public void Dispose()
    {
        Memory.Dispose();
        Session.Dispose();
    }

    private ICacheMemory CreateMemory(ModelFolder folder, OrtOptions options)
    {
        if (options.Provider == ExecutionProvider.Cpu)
        {
            return new HostCacheMemory(CacheType);
        }

        return CacheType == TensorElementType.Float
            ? throw new InferenceException(
                $"{folder.Name} is a float32 model, and ONNX Runtime's attention on CUDA takes float16 and bfloat16. Export the model for cuda, or use the provider cpu.")
            : new DeviceCacheMemory(Session, CacheType, options, DeviceCacheMemory.Cuda(options.DeviceId));
    }

    private NodeMetadata Input(string name) => Session.InputMetadata.TryGetValue(name, out var metadata)
        ? metadata
        : throw new InferenceException($"The graph has no input {name}, which genai_config.json names. Export the model again.");

    private NodeMetadata Output(string name) => Session.OutputMetadata.TryGetValue(name, out var metadata)
        ? metadata
        : throw new InferenceException($"The graph has no output {name}, which genai_config.json names. Export the model again.");
}
