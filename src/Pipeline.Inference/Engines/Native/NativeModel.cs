using Microsoft.ML.OnnxRuntime;
using Pipeline.Attention;
using Pipeline.Inference.Graph;
using Pipeline.Inference.Graph.Onnx;
using Pipeline.Inference.KvCache;
using Pipeline.Inference.Operator;
using Pipeline.Models;

namespace Pipeline.Inference.Engines.Native;

/// <summary>One session of the edited graph, and what the engine must know of it.</summary>
internal sealed class NativeModel : IDisposable
{
    private readonly OperatorDomain domain;

    private NativeModel(InferenceSession session, OperatorDomain domain, IReadOnlyList<AttentionNode> layers, NativeGraphFacts facts)
    {
        Session = session;
        this.domain = domain;
        Layers = layers;
        Facts = facts;
        Pool = new KvBlockPool([.. layers.Select(l => l.Layout)]);
    }

    internal InferenceSession Session { get; }

    /// <summary>Attention layers in order of execution.</summary>
    internal IReadOnlyList<AttentionNode> Layers { get; }

    internal NativeGraphFacts Facts { get; }

    internal KvBlockPool Pool { get; }

    /// <exception cref="InferenceException">The folder's graph cannot run here; says why.</exception>
    internal static NativeModel Load(ModelFolder folder, int threads)
    {
        (DecoderGraph graph, IReadOnlyList<AttentionNode> layers) = Edit(folder);
        NativeGraphFacts facts = NativeGraphFacts.Read(graph, folder.Config.Decoder);

        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            EnableMemoryPattern = false, // row counts vary from pass to pass; a pattern per count would be kept for each
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, // a failed run is an exception here, not a line on the terminal too
        };
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", Path.GetDirectoryName(Path.GetFullPath(folder.GraphPath)));
        OperatorDomain operators = ExactAttentionOperator.Register(options);
        try
        {
            return new NativeModel(new InferenceSession(graph.ToBytes(), options), operators, layers, facts);
        }
        catch (OnnxRuntimeException e)
        {
            operators.Dispose();
            throw new InferenceException($"ONNX Runtime cannot load {folder.GraphPath}: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>The folder's graph with our attention in it, not yet loaded.</summary>
    /// <exception cref="InferenceException">The graph is not supported, or its weights are not all there.</exception>
    internal static (DecoderGraph Graph, IReadOnlyList<AttentionNode> Layers) Edit(ModelFolder folder)
    {
        DecoderGraph graph = DecoderGraph.Load(folder.GraphPath);
        StatefulOperators.Refuse(graph);
        ExternalData.Check(graph, folder.GraphPath);
        string logits = folder.Config.Decoder.Outputs.Logits;
        if (graph.Output(logits) is null)
        {
            throw new InferenceException($"{folder.GraphPath} has no output '{logits}'; genai_config.json names it under model.decoder.outputs.logits.");
        }

        IReadOnlyList<AttentionNode> layers = AttentionRewrite.Apply(graph, folder.Config.HeadSize);
        LogitRows.Select(graph, logits);
        return (graph, layers);
    }

    public void Dispose()
    {
        Session.Dispose();
        domain.Dispose();
        Pool.Dispose();
    }
}

/// <summary>Names and traits of an edited graph.</summary>
/// <param name="InputIds">Input of token ids, int64 <c>[1, rows]</c>.</param>
/// <param name="PositionIds">Input of positions, int64 <c>[1, rows]</c>, where the graph still reads them; or null.</param>
/// <param name="Logits">Output, <c>[1, wanted rows, vocabulary]</c>.</param>
/// <param name="HalfLogits">The logits are float16.</param>
/// <param name="HasQuantisedProducts">Some matrix product has a kernel of its own for a single row, so rows are padded.</param>
/// <param name="LongRopeFrom">Longest total length of the short rotary tables; 0 where there is one set.</param>
internal sealed record NativeGraphFacts(string InputIds, string? PositionIds, string Logits, bool HalfLogits, bool HasQuantisedProducts, long LongRopeFrom)
{
    internal static NativeGraphFacts Read(DecoderGraph graph, DecoderConfig config)
    {
        string? positions = null;
        foreach (ValueInfoProto input in graph.Graph.Input)
        {
            if (graph.Initializer(input.Name) is not null || input.Name is AttentionRewrite.BatchInput or LogitRows.InputName
                || string.Equals(input.Name, config.Inputs.InputIds, StringComparison.Ordinal))
            {
                continue;
            }

            if (input.Name is "position_ids" || string.Equals(input.Name, config.Inputs.PositionIds, StringComparison.Ordinal))
            {
                positions = input.Name;
                continue;
            }

            throw new InferenceException($"The model wants an input '{input.Name}' that this engine does not give. Text decoders with input_ids are supported.");
        }

        if (graph.Input(config.Inputs.InputIds) is null)
        {
            throw new InferenceException($"The model has no input '{config.Inputs.InputIds}'. Text decoders that take token ids are supported.");
        }

        return new NativeGraphFacts(
            config.Inputs.InputIds,
            positions,
            config.Outputs.Logits,
            (TensorType)graph.Output(config.Outputs.Logits)!.Type.TensorType.ElemType == TensorType.Float16,
            graph.Graph.Node.Any(n => n.OpType is "MatMulNBits" or "DequantizeLinear" or "QMoE" or "MoE" or "MatMulInteger" or "DynamicQuantizeMatMul"),
            graph.Graph.Node.Where(n => string.Equals(n.Domain, ExactAttentionOperator.Domain, StringComparison.Ordinal)).Max(n => n.Int("long_rope_from", 0)));
    }
}
