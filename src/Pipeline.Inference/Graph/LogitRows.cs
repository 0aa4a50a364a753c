using Pipeline.Inference.Graph.Onnx;

namespace Pipeline.Inference.Graph;

/// <summary>
/// Puts a Gather before the language-model head, so that logits are computed for the wanted rows only: none while a document is read.
/// A head that the exporter pruned to the last row is opened again.
/// </summary>
internal static class LogitRows
{
    /// <summary>Name of the new graph input: row numbers, int64 <c>[wanted]</c>.</summary>
    internal const string InputName = "pipeline.logit_rows";

    private const string SelectedName = "pipeline.selected_hidden";

    /// <summary>Edits the graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="logits">Name of the logits output, <c>[1, rows, vocabulary]</c>.</param>
    /// <exception cref="InferenceException">The head has a form that is not known.</exception>
    internal static void Select(DecoderGraph graph, string logits)
    {
        NodeProto head = Head(graph, logits);
        string hidden = head.Input[0];
        NodeProto? producer = graph.Producer(hidden);
        if (producer is { OpType: "Unsqueeze" } && graph.Producer(producer.Input[0]) is { OpType: "Gather" } last)
        {
            hidden = last.Input[0];
        }

        var gather = new NodeProto { OpType = "Gather", Name = "pipeline/select_rows" };
        gather.Input.Add(hidden);
        gather.Input.Add(InputName);
        gather.Output.Add(SelectedName);
        gather.Set("axis", 1);
        ForgetShapesAfter(graph, head);
        head.Input[0] = SelectedName;
        graph.Graph.Node.Insert(graph.Graph.Node.IndexOf(head), gather);
        graph.AddInput(InputName, TensorType.Int64, "wanted_rows");

        TensorShapeProto shape = graph.Output(logits)!.Type.TensorType.Shape;
        shape.Dim[1] = new TensorShapeProto.Types.Dimension { DimParam = "wanted_rows" };
    }

    /// <summary>Walks back from the logits over row-wise operators to the matrix product.</summary>
    private static NodeProto Head(DecoderGraph graph, string logits)
    {
        string value = logits;
        for (int steps = 0; steps < 16; steps++)
        {
            NodeProto? node = graph.Producer(value);
            switch (node?.OpType)
            {
                case "MatMul" or "MatMulNBits" or "Gemm" or "FusedMatMul":
                    return node;
                case "Cast" or "Tanh" or "Identity":
                    value = node.Input[0];
                    break;
                case "Add" or "Mul" or "Div" or "Sub" or "Where" or "Max" or "Min" or "Clip":
                    // The operand that is computed is the one that leads to the hidden states; the other is a weight or constant.
                    value = node.Input.FirstOrDefault(i => graph.Producer(i) is { OpType: not "Constant" })
                        ?? throw Unknown(logits, node);
                    break;
                default:
                    throw Unknown(logits, node);
            }
        }

        throw Unknown(logits, null);
    }

    private static void ForgetShapesAfter(DecoderGraph graph, NodeProto head)
    {
        var changed = new HashSet<string>(head.Output, StringComparer.Ordinal);
        foreach (NodeProto node in graph.Graph.Node)
        {
            if (node.Input.Any(changed.Contains))
            {
                changed.UnionWith(node.Output);
            }
        }

        DecoderGraph.Remove(graph.Graph.ValueInfo, v => changed.Contains(v.Name));
    }

    private static InferenceException Unknown(string logits, NodeProto? node)
        => new($"The language-model head before '{logits}' has a form this engine does not know (at {node?.OpType ?? "a graph input"} {node?.Name}). Please report the model's architecture.");
}
