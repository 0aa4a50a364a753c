using Pipeline.Inference.Graph.Onnx;

namespace Pipeline.Inference.Graph;

/// <summary>
/// LongRoPE (Phi-3 and 4 with 128K; arXiv 2402.13753): the exporter chooses the rotary tables by an <c>If</c> on the total length.
/// Keys rotated with one pair of tables are wrong with the other, so the choice is made once per document and both pairs become plain inputs of attention.
/// </summary>
internal static class LongRope
{
    /// <summary>The tables behind an <c>If</c> that writes <paramref name="cos"/> and <paramref name="sin"/>; null where there is none.</summary>
    internal static LongRopeTables? Find(DecoderGraph graph, string cos, string sin)
    {
        // The first layer that asks moves the tables to initialisers; later ones find them there.
        if (cos.Length == 0)
        {
            return null;
        }

        NodeProto? choice = graph.Producer(cos);
        if (choice is not { OpType: "If" })
        {
            return null;
        }

        NodeProto? condition = graph.Producer(choice.Input[0]);
        if (condition is not { OpType: "Greater" or "GreaterOrEqual" } || graph.Value(condition.Input[1]) is null && Constant(graph, condition.Input[1]) is null)
        {
            throw new InferenceException($"{choice.Name} chooses rotary tables by a condition this engine does not know.");
        }

        TensorProto limit = Constant(graph, condition.Input[1])
            ?? throw new InferenceException($"{choice.Name} compares the length with something that is not a constant; this export is not supported.");
        long original = Scalar(limit) + (condition.OpType is "GreaterOrEqual" ? -1 : 0);
        int cosIndex = choice.Output.IndexOf(cos), sinIndex = choice.Output.IndexOf(sin);
        return new LongRopeTables(
            Lift(graph, choice, "else_branch", cosIndex), Lift(graph, choice, "else_branch", sinIndex),
            Lift(graph, choice, "then_branch", cosIndex), Lift(graph, choice, "then_branch", sinIndex), original);
    }

    /// <summary>Makes a constant of a branch an initialiser of the graph.</summary>
    private static string Lift(DecoderGraph graph, NodeProto choice, string branch, int output)
    {
        GraphProto body = choice.Attribute.Single(a => string.Equals(a.Name, branch, StringComparison.Ordinal)).G;
        string inner = body.Output[output].Name;
        string name = $"pipeline.{branch}.{inner}";
        if (graph.Initializer(name) is not null)
        {
            return name;
        }

        TensorProto? table = body.Initializer.FirstOrDefault(t => string.Equals(t.Name, inner, StringComparison.Ordinal))
            ?? body.Node.FirstOrDefault(n => n.OpType is "Constant" && n.Output.Contains(inner))?.Attribute.Single(a => string.Equals(a.Name, "value", StringComparison.Ordinal)).T
            ?? graph.Initializer(inner);
        if (table is null)
        {
            throw new InferenceException($"{choice.Name}: the rotary table {inner} is computed, not stored; this export is not supported.");
        }

        TensorProto lifted = table.Clone();
        lifted.Name = name;
        graph.Graph.Initializer.Add(lifted);
        return name;
    }

    private static TensorProto? Constant(DecoderGraph graph, string name)
        => graph.Initializer(name)
            ?? (graph.Producer(name) is { OpType: "Constant" } node
                ? node.Attribute.FirstOrDefault(a => string.Equals(a.Name, "value", StringComparison.Ordinal))?.T
                : null);

    private static long Scalar(TensorProto tensor) => (TensorType)tensor.DataType switch
    {
        TensorType.Int64 => tensor.Int64Data.Count > 0 ? tensor.Int64Data[0] : BitConverter.ToInt64(tensor.RawData.Span),
        TensorType.Int32 => tensor.Int32Data.Count > 0 ? tensor.Int32Data[0] : BitConverter.ToInt32(tensor.RawData.Span),
        _ => throw new InferenceException($"The length limit {tensor.Name} has ONNX element type {tensor.DataType}; an integer was expected."),
    };
}

/// <summary>Names of the rotary tables of both regimes.</summary>
/// <param name="ShortCos">Cosines up to <paramref name="OriginalContext"/> tokens.</param>
/// <param name="ShortSin">Sines up to that length.</param>
/// <param name="LongCos">Cosines beyond it.</param>
/// <param name="LongSin">Sines beyond it.</param>
/// <param name="OriginalContext">Longest total length of the short regime.</param>
internal sealed record LongRopeTables(string ShortCos, string ShortSin, string LongCos, string LongSin, long OriginalContext);
