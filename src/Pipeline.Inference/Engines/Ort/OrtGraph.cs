using Pipeline.Inference.Graph;
using Pipeline.Inference.Graph.Onnx;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>
/// The decoder's graph with ONNX Runtime's own attention, edited at its rim only: logits for wanted rows, queries of chosen layers as outputs, the rotary regime as
/// an input, and full caches where the exporter asked for caches as long as the window (the window itself stays).
/// </summary>
internal sealed class OrtGraph
{
    /// <summary>Name of the input that chooses the rotary tables of LongRoPE models: bool, a scalar; true for the long ones.</summary>
    internal const string LongRopeInput = "pipeline.long_rope";

    private readonly DecoderGraph graph;

    /// <exception cref="InferenceException">The graph holds something the engine can't run; the message names it.</exception>
    internal OrtGraph(string path, string logits, IReadOnlyCollection<int> queryLayers, int configuredHeadSize)
    {
        graph = DecoderGraph.Load(path);
        StatefulOperators.Refuse(graph);
        ExternalData.Check(graph, path);
        LogitRows.Select(graph, logits);
        NodeProto[] attention = [.. graph.Graph.Node.Where(n => string.Equals(n.OpType, StatefulOperators.GroupQueryAttention, StringComparison.Ordinal))];
        foreach (var node in attention)
        {
            DecoderGraph.Remove(node.Attribute, a => string.Equals(a.Name, "sliding_window_cache", StringComparison.Ordinal));
        }

        OriginalContext = MakeRopeRegimeAnInput(attention);
        Queries = QueryOutputs.Add(graph, attention, queryLayers, configuredHeadSize);
        graph.RemoveDead();
    }

    /// <summary>Longest total length of LongRoPE's short regime; null where the model has one regime.</summary>
    internal long? OriginalContext { get; }

    /// <summary>Outputs with the queries of the chosen layers, in ascending order.</summary>
    internal IReadOnlyList<QueryOutput> Queries { get; }

    internal byte[] ToBytes() => graph.ToBytes();

    private long? MakeRopeRegimeAnInput(NodeProto[] attention)
    {
        long? original = null;
        var choices = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        foreach (var node in attention)
        {
            if (graph.Producer(node.InputOrEmpty(7)) is not { } choice || choices.Contains(choice)
                || LongRope.Find(graph, node.InputOrEmpty(7), node.InputOrEmpty(8)) is not { } tables)
            {
                continue;
            }

            if (original is not null && original != tables.OriginalContext)
            {
                throw new InferenceException($"{node.Name} changes its rotary tables at {tables.OriginalContext} tokens, other layers at {original}; this export is not supported.");
            }

            original = tables.OriginalContext;
            choice.Input[0] = LongRopeInput;
            choices.Add(choice);
        }

        if (original is not null)
        {
            graph.AddInput(LongRopeInput, TensorType.Bool);
        }

        return original;
    }
}
