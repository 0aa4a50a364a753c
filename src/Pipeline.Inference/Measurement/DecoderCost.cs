using Pipeline.Inference.Graph;
using Pipeline.Inference.Graph.Onnx;
using Pipeline.Models;

namespace Pipeline.Inference.Measurement;

/// <summary>Floating-point operations that reading a document takes, counted from the graph: what is necessary, not what an engine does.</summary>
public sealed class DecoderCost
{
    private readonly IReadOnlyList<int> windows;
    private readonly int queryWidth;

    private DecoderCost(long weights, int queryWidth, IReadOnlyList<int> windows)
    {
        WeightsPerToken = weights;
        this.queryWidth = queryWidth;
        this.windows = windows;
    }

    /// <summary>Weights of the matrix products each token goes through; without the language-model head, which reading does not need.</summary>
    public long WeightsPerToken { get; }

    /// <summary>Counts the products of the folder's graph.</summary>
    /// <returns>Null where the graph has products whose share a token decides (mixture of experts).</returns>
    /// <exception cref="InferenceException">The graph can't be read.</exception>
    public static DecoderCost? Of(ModelFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var graph = DecoderGraph.Load(folder.GraphPath);
        if (graph.Graph.Node.Any(n => n.OpType is "MoE" or "QMoE"))
        {
            return null;
        }

        // With a row selection before it, the head alone reads the selected rows.
        LogitRows.Select(graph, folder.Config.Decoder.Outputs.Logits);
        var selection = graph.Consumers(graph.Consumers(LogitRows.InputName).Single().Output[0]).ToHashSet();
        var weights = graph.Graph.Node.Where(n => !selection.Contains(n)).Sum(n => Weights(graph, n));
        var perLayer = graph.Graph.Node.Where(n => string.Equals(n.OpType, StatefulOperators.GroupQueryAttention, StringComparison.Ordinal))
            .Select(n => checked((int)Math.Max(0, n.Int("local_window_size", -1))));
        return new DecoderCost(weights, folder.Config.NumAttentionHeads * folder.Config.HeadSize, [.. perLayer]);
    }

    /// <summary>Operations of attention over all keys, divided by the square of the document's length, for long documents; layers with a window grow linearly.</summary>
    public double AttentionPerTokenSquared => 2.0 * queryWidth * windows.Count(w => w == 0);

    /// <summary>Operations to read a document: two a weight and token, and for attention four a query element and key it may see.</summary>
    public double Reading(int tokens)
    {
        var attention = 0.0;
        foreach (var window in windows)
        {
            var full = window == 0 ? tokens : Math.Min(window, tokens);
            var keys = (full * (full + 1.0) / 2) + ((double)(tokens - full) * full);
            attention += 4.0 * queryWidth * keys;
        }

        return (2.0 * WeightsPerToken * tokens) + attention;
    }

    private static long Weights(DecoderGraph graph, NodeProto node) => node.OpType switch
    {
        "MatMulNBits" => node.Int("K", 0) * node.Int("N", 0),
        "MatMul" or "Gemm" or "MatMulIntegerToFloat" or "DynamicQuantizeMatMul" => Elements(graph, node.Input[1]),
        _ => 0,
    };

    private static long Elements(DecoderGraph graph, string name)
    {
        // A quantised weight reaches its product through DequantizeLinear, and a tied one through Transpose.
        var tensor = graph.Initializer(name) ?? (graph.Producer(name) is { } producer ? graph.Initializer(producer.Input[0]) : null);
        return tensor?.Dims.Aggregate(1L, (a, b) => a * b) ?? 0;
    }
}
