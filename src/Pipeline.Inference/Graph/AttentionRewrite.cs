using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Attention;
using Pipeline.Inference.Graph.Onnx;
using Pipeline.Inference.Operator;

namespace Pipeline.Inference.Graph;

/// <summary>
/// Replaces every GroupQueryAttention by our operator: past and present go, the KV cache is ours.
/// What an input or attribute means is in ONNX Runtime's contrib operator schema (bert_defs.cc); one that is not supported is refused by name.
/// </summary>
internal static partial class AttentionRewrite
{
    /// <summary>Name of the new graph input that names the running batch, int64 <c>[1]</c>.</summary>
    internal const string BatchInput = "pipeline.attention_batch";

    private static readonly HashSet<string> KnownAttributes = new(StringComparer.Ordinal)
    {
        "num_heads", "kv_num_heads", "scale", "softcap", "local_window_size", "do_rotary", "rotary_interleaved", "smooth_softmax", "causal", "qk_output",
        "qk_norm_epsilon", "k_quant_type", "v_quant_type", "kv_cache_bit_width", "sliding_window_cache",
    };

    /// <summary>Edits the graph and lists its attention layers in order of execution.</summary>
    internal static IReadOnlyList<AttentionNode> Apply(DecoderGraph graph, int configuredHeadSize)
    {
        var layers = new List<AttentionNode>();
        var dropped = new HashSet<string>(StringComparer.Ordinal);
        TensorType type = TensorType.Undefined;
        long offset = 0;
        for (int i = 0; i < graph.Graph.Node.Count; i++)
        {
            NodeProto node = graph.Graph.Node[i];
            if (!string.Equals(node.OpType, StatefulOperators.GroupQueryAttention, StringComparison.Ordinal))
            {
                continue;
            }

            Check(node);
            type = ElementType(graph, node.Input[3]);
            int headSize = HeadSize(graph, node, configuredHeadSize);
            AttentionParameters parameters = Parameters(node, headSize);
            var layout = new KvLayout(parameters.KvHeads, headSize, offset);
            offset += layout.Floats;
            var layer = new AttentionNode(LayerNumber(node.Input[3], layers.Count), node.Name, parameters, layout);
            dropped.UnionWith(node.Input.Skip(3).Take(2));
            dropped.UnionWith(node.Output.Skip(1));
            graph.Graph.Node[i] = Replacement(graph, node, layer, type);
            layers.Add(layer);
        }

        DecoderGraph.Remove(graph.Graph.Output, v => dropped.Contains(v.Name));
        graph.AddInput(BatchInput, TensorType.Int64, "1");
        graph.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = ExactAttentionOperator.Domain, Version = 1 });
        graph.RemoveDead();
        string[] state = [.. graph.Graph.Input.Where(v => dropped.Contains(v.Name)).Select(v => v.Name)];
        if (state.Length > 0)
        {
            throw new InferenceException($"The model reads {state[0]} outside its attention; such a graph is not supported.");
        }

        return layers;
    }

    private static NodeProto Replacement(DecoderGraph graph, NodeProto node, AttentionNode layer, TensorType type)
    {
        LongRopeTables? longRope = LongRope.Find(graph, node.InputOrEmpty(7), node.InputOrEmpty(8));
        string[] inputs =
        [
            node.Input[0], node.InputOrEmpty(1), node.InputOrEmpty(2), BatchInput,
            longRope?.ShortCos ?? node.InputOrEmpty(7), longRope?.ShortSin ?? node.InputOrEmpty(8), longRope?.LongCos ?? string.Empty, longRope?.LongSin ?? string.Empty,
            node.InputOrEmpty(11), node.InputOrEmpty(14), node.InputOrEmpty(15),
        ];
        bool rotary = node.Int("do_rotary", 0) != 0;
        if (!rotary)
        {
            Array.Fill(inputs, string.Empty, 4, 4);
        }
        else if (inputs[4].Length == 0 || inputs[5].Length == 0)
        {
            throw new InferenceException($"{node.Name} has do_rotary but no cos_cache or sin_cache; this export is not supported.");
        }

        var replacement = new NodeProto { OpType = ExactAttentionOperator.NameFor(type), Domain = ExactAttentionOperator.Domain, Name = node.Name };
        replacement.Input.AddRange(inputs);
        replacement.Output.Add(node.Output[0]);
        AttentionParameters p = layer.Parameters;
        replacement.Set("layer", layer.Layer);
        replacement.Set("num_heads", p.QueryHeads);
        replacement.Set("kv_num_heads", p.KvHeads);
        replacement.Set("head_size", p.HeadSize);
        replacement.Set("kv_offset", layer.Layout.Offset);
        replacement.Set("scale", p.Scale);
        replacement.Set("softcap", p.Softcap);
        replacement.Set("local_window_size", (long)p.WindowTokens);
        replacement.Set("rotary_interleaved", node.Int("rotary_interleaved", 0));
        replacement.Set("smooth_softmax", node.Int("smooth_softmax", 0));
        replacement.Set("qk_norm_epsilon", node.Float("qk_norm_epsilon", 1e-6f));
        replacement.Set("long_rope_from", longRope?.OriginalContext ?? 0);
        return replacement;
    }

    internal static AttentionParameters Parameters(NodeProto node, int headSize)
    {
        var parameters = new AttentionParameters
        {
            QueryHeads = checked((int)node.Int("num_heads", 0)),
            KvHeads = checked((int)node.Int("kv_num_heads", 0)),
            HeadSize = headSize,
            Scale = node.Float("scale", 0),
            Softcap = node.Float("softcap", 0),
            WindowTokens = checked((int)Math.Max(0, node.Int("local_window_size", -1))),
        };
        try
        {
            parameters.Validate();
        }
        catch (NotSupportedException e)
        {
            throw new InferenceException($"{node.Name}: {e.Message}", e);
        }

        return parameters;
    }

    private static void Check(NodeProto node)
    {
        string? refused = null;
        if (node.Attribute.FirstOrDefault(a => !KnownAttributes.Contains(a.Name)) is { } unknown)
        {
            refused = $"attribute {unknown.Name}";
        }
        else if (node.Int("kv_cache_bit_width", 0) != 0 || node.Text("k_quant_type", "NONE") is not "NONE" || node.Text("v_quant_type", "NONE") is not "NONE"
            || node.InputOrEmpty(12).Length > 0 || node.InputOrEmpty(13).Length > 0)
        {
            refused = "a quantised KV cache (it loses information; this engine is exact)";
        }
        else if (node.Int("causal", 1) != 1)
        {
            refused = "causal = 0";
        }
        else if (node.InputOrEmpty(9).Length > 0)
        {
            refused = "position_ids as an input of attention";
        }
        else if (node.InputOrEmpty(10).Length > 0)
        {
            refused = "attention_bias";
        }
        else if (node.Int("qk_output", 0) != 0)
        {
            refused = "qk_output";
        }

        if (refused is not null)
        {
            throw new InferenceException($"{node.Name} uses {refused}, which is not supported. Export the model without it.");
        }
    }

    private static TensorType ElementType(DecoderGraph graph, string pastKey)
    {
        var type = (TensorType)(graph.Input(pastKey)?.Type.TensorType.ElemType ?? 0);
        return type is TensorType.Float or TensorType.Float16
            ? type
            : throw new InferenceException($"The KV cache of {pastKey} has ONNX element type {(int)type}; float32 and float16 are supported.");
    }

    private static int HeadSize(DecoderGraph graph, NodeProto node, int configured)
    {
        // past_key is [batch, kvHeads, tokens, headSize].
        TensorShapeProto? shape = graph.Input(node.Input[3])?.Type.TensorType.Shape;
        long size = shape is { Dim.Count: 4 } ? shape.Dim[3].DimValue : 0;
        return size > 0 ? checked((int)size) : configured;
    }

    private static int LayerNumber(string pastKey, int ordinal)
        => LastNumber().Match(pastKey) is { Success: true } match ? int.Parse(match.ValueSpan, CultureInfo.InvariantCulture) : ordinal;

    [GeneratedRegex("[0-9]+", RegexOptions.RightToLeft | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LastNumber();
}

/// <summary>One attention layer of an edited graph.</summary>
/// <param name="Layer">The layer's number as the model counts.</param>
/// <param name="Name">Node name.</param>
/// <param name="Parameters">What it computes.</param>
/// <param name="Layout">Where its keys and values lie in a KV block.</param>
internal sealed record AttentionNode(int Layer, string Name, AttentionParameters Parameters, KvLayout Layout);
