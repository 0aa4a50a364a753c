using Pipeline.Inference.Graph.Onnx;

namespace Pipeline.Inference.Graph;

/// <summary>
/// Refuses by name what keeps state between tokens and is not ours: such a model would run and answer wrongly.
/// Unknown operators without state are ONNX Runtime's business.
/// </summary>
internal static class StatefulOperators
{
    internal const string GroupQueryAttention = "GroupQueryAttention";

    private static readonly HashSet<string> Refused = new(StringComparer.Ordinal)
    {
        "Attention", "MultiHeadAttention", "DecoderMaskedMultiHeadAttention", "DecoderMaskedSelfAttention", "DecoderAttention", "PackedAttention",
        "PackedMultiHeadAttention", "PagedAttention", "SparseAttention", "LongformerAttention", "QAttention", "QOrderedAttention", "CausalConvWithState",
        "LinearAttention", "GatedDeltaNet", "RotaryEmbedding", "BeamSearch", "GreedySearch", "Sampling", "WhisperBeamSearch", "LSTM", "GRU", "RNN", "Scan", "Loop",
        "TensorScatter",
    };

    /// <exception cref="InferenceException">Names the operator and what to do.</exception>
    internal static void Refuse(DecoderGraph graph)
    {
        foreach (NodeProto node in graph.Graph.Node)
        {
            if (Refused.Contains(node.OpType))
            {
                throw new InferenceException(
                    $"The model's node {node.Name} is a {node.OpType}, which depends on other tokens in a way this engine does not own. " +
                    "Export the model with GroupQueryAttention (ONNX Runtime GenAI's builder: -p fp32 or int4, -e cpu), or choose another model.");
            }
        }

        if (!graph.Graph.Node.Any(n => string.Equals(n.OpType, GroupQueryAttention, StringComparison.Ordinal)))
        {
            throw new InferenceException("The model has no GroupQueryAttention node. Export it with ONNX Runtime GenAI's builder (-p fp32 or int4, -e cpu).");
        }
    }
}
