using System.Runtime.InteropServices;
using Google.Protobuf;
using Pipeline.Attention;
using Pipeline.Inference.Graph;
using Pipeline.Inference.Graph.Onnx;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>
/// Makes the queries of chosen layers outputs of the graph, as attention uses them: cut out of packed rows, normalised and rotated by ONNX Runtime's own operators,
/// in as many copies as positions are given.
/// </summary>
internal static class QueryOutputs
{
    /// <summary>Name of the input with the positions that queries are rotated to: int64 [copies, new tokens]; as many copies as sequences, or several of one sequence.</summary>
    internal const string PositionInput = "pipeline.query_position";

    /// <summary>Edits the graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="attention">Its attention nodes, by layer.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="configuredHeadSize">Floats per head.</param>
    /// <exception cref="InferenceException">There is no such layer, or its attention can't be repeated outside it.</exception>
    internal static IReadOnlyList<QueryOutput> Add(DecoderGraph graph, NodeProto[] attention, IReadOnlyCollection<int> layers, int configuredHeadSize)
    {
        var outputs = layers.Distinct().Order().Select(layer => Add(graph, attention, layer, configuredHeadSize)).ToArray();
        if (graph.Consumers(PositionInput).Any())
        {
            graph.AddInput(PositionInput, TensorType.Int64, "copies", "tokens");
        }

        return outputs;
    }

    private static QueryOutput Add(DecoderGraph graph, NodeProto[] attention, int layer, int configuredHeadSize)
    {
        if (layer < 0 || layer >= attention.Length)
        {
            throw new InferenceException($"The model has no layer {layer} to take evidence from; its layers are 0 to {attention.Length - 1}.");
        }

        var node = attention[layer];
        if (node.InputOrEmpty(11).Length > 0 || node.Int("smooth_softmax", 0) != 0)
        {
            throw new InferenceException($"{node.Name} has attention sinks; the ort engine takes no evidence from such a layer. Use the engine native.");
        }

        var parameters = AttentionRewrite.Parameters(node, configuredHeadSize);
        var type = (TensorType)graph.Input(node.Input[3])!.Type.TensorType.ElemType;
        var chain = new Chain(graph, $"pipeline.queries.{layer}", node.Input[0]);
        if (node.InputOrEmpty(1).Length == 0)
        {
            chain.Append("Slice", string.Empty, [chain.Constant("start", 0), chain.Constant("end", parameters.QueryHeads * parameters.HeadSize), chain.Constant("axis", 2)]);
        }

        if (node.InputOrEmpty(14).Length > 0)
        {
            chain.Append("Reshape", string.Empty, [chain.Constant("heads", 0, -1, parameters.HeadSize)]);
            chain.Append("SimplifiedLayerNormalization", string.Empty, [node.Input[14]]).Set("epsilon", node.Float("qk_norm_epsilon", 1e-6f));
            chain.Append("Reshape", string.Empty, [chain.Constant("rows", 0, -1, parameters.QueryHeads * parameters.HeadSize)]);
        }

        if (node.Int("do_rotary", 0) != 0)
        {
            chain.Append("Expand", string.Empty, [CopyShape(graph)]);
            var rotary = chain.Append("RotaryEmbedding", DecoderGraph.MicrosoftDomain, [PositionInput, node.Input[7], node.Input[8]]);
            rotary.Set("num_heads", parameters.QueryHeads);
            rotary.Set("interleaved", node.Int("rotary_interleaved", 0));
            if (RotaryWidth(graph, node.Input[7]) is { } width && width < parameters.HeadSize)
            {
                rotary.Set("rotary_embedding_dim", width);
            }
        }

        chain.Append("Identity", string.Empty, []);
        graph.Graph.Output.Add(new ValueInfoProto { Name = chain.Value, Type = DecoderGraph.TypeOf(type, "copies", "tokens", "width") });
        return new QueryOutput(layer, chain.Value, parameters);
    }

    /// <summary>The value [copies, 1, 1]; made once.</summary>
    private static string CopyShape(DecoderGraph graph)
    {
        const string Name = "pipeline.query_copies";
        if (graph.Producer($"{Name}.2.out") is null)
        {
            var chain = new Chain(graph, Name, PositionInput);
            chain.Append("Shape", string.Empty, []);
            chain.Append("Slice", string.Empty, [chain.Constant("start", 0), chain.Constant("end", 1)]);
            chain.Append("Concat", string.Empty, [chain.Constant("ones", 1, 1)]).Set("axis", 0);
        }

        return $"{Name}.2.out";
    }

    /// <summary>Floats of a head that are rotated: twice the width of the table.</summary>
    private static long? RotaryWidth(DecoderGraph graph, string cos) => 2 * (graph.Initializer(cos) is { } table
        ? table.Dims[1]
        : graph.Producer(cos) is { OpType: "If" } choice
            ? choice.Attribute.First(a => a.G is not null).G.Node.SelectMany(n => n.Attribute).First(a => a.T is not null).T.Dims[1]
            : null);

    /// <summary>Nodes one after another.</summary>
    private sealed class Chain(DecoderGraph graph, string name, string start)
    {
        private int count;

        internal string Value { get; private set; } = start;

        internal NodeProto Append(string operatorType, string domain, string[] moreInputs)
        {
            var node = new NodeProto { OpType = operatorType, Domain = domain, Name = $"{name}.{count}" };
            node.Input.Add(Value);
            node.Input.AddRange(moreInputs);
            Value = $"{name}.{count++}.out";
            node.Output.Add(Value);
            graph.Graph.Node.Add(node);
            return node;
        }

        internal string Constant(string role, params long[] values)
        {
            var tensor = new TensorProto
            {
                Name = $"{name}.{count}.{role}",
                DataType = (int)TensorType.Int64,
                Dims = { values.Length },
                RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>(values)),
            };
            graph.Graph.Initializer.Add(tensor);
            return tensor.Name;
        }
    }
}

/// <summary>A graph output that holds a layer's queries as attention uses them.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Name">Output of shape [copies, tokens, queryHeads x headSize].</param>
/// <param name="Parameters">What the layer's attention computes.</param>
internal sealed record QueryOutput(int Layer, string Name, AttentionParameters Parameters);
