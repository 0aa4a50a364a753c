using Google.Protobuf;
using Pipeline.Inference.Graph.Onnx;

namespace Pipeline.Inference.Graph;

/// <summary>A decoder's ONNX graph in memory, with the look-ups that editing needs. Weights stay in their external files.</summary>
internal sealed class DecoderGraph
{
    internal const string MicrosoftDomain = "com.microsoft";

    private DecoderGraph(ModelProto model)
    {
        Model = model;
    }

    internal ModelProto Model { get; }

    internal GraphProto Graph => Model.Graph;

    /// <summary>Parses a model file.</summary>
    /// <exception cref="InferenceException">The file cannot be read or is no ONNX model.</exception>
    internal static DecoderGraph Load(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            ModelProto model = ModelProto.Parser.ParseFrom(file);
            if (model.Graph is null || model.Graph.Node.Count == 0)
            {
                throw new InferenceException($"{path} holds no ONNX graph. Export the model again or copy the file again.");
            }

            return new DecoderGraph(model);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InferenceException($"{path} is not an ONNX model, or it is cut short. Copy the file again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InferenceException($"{path} cannot be read: {e.Message}", e);
        }
    }

    internal byte[] ToBytes() => Model.ToByteArray();

    /// <summary>The node that writes <paramref name="value"/>, or null for an input or initialiser.</summary>
    internal NodeProto? Producer(string value) => Graph.Node.FirstOrDefault(n => n.Output.Contains(value));

    /// <summary>Nodes that read <paramref name="value"/>.</summary>
    internal IEnumerable<NodeProto> Consumers(string value) => Graph.Node.Where(n => n.Input.Contains(value));

    internal TensorProto? Initializer(string name) => Graph.Initializer.FirstOrDefault(t => string.Equals(t.Name, name, StringComparison.Ordinal));

    internal ValueInfoProto? Input(string name) => Graph.Input.FirstOrDefault(v => string.Equals(v.Name, name, StringComparison.Ordinal));

    internal ValueInfoProto? Output(string name) => Graph.Output.FirstOrDefault(v => string.Equals(v.Name, name, StringComparison.Ordinal));

    internal ValueInfoProto? Value(string name)
        => Graph.ValueInfo.Concat(Graph.Input).Concat(Graph.Output).FirstOrDefault(v => string.Equals(v.Name, name, StringComparison.Ordinal));

    /// <summary>Removes nodes, inputs and initialisers that no output depends on any more.</summary>
    internal void RemoveDead()
    {
        var live = new HashSet<string>(Graph.Output.Select(o => o.Name), StringComparer.Ordinal);
        for (int i = Graph.Node.Count - 1; i >= 0; i--)
        {
            NodeProto node = Graph.Node[i];
            if (node.Output.Any(live.Contains))
            {
                live.UnionWith(Reads(node));
            }
            else
            {
                Graph.Node.RemoveAt(i);
            }
        }

        Remove(Graph.Input, v => !live.Contains(v.Name));
        Remove(Graph.Initializer, t => !live.Contains(t.Name));
    }

    internal static void Remove<T>(Google.Protobuf.Collections.RepeatedField<T> field, Func<T, bool> unwanted)
    {
        for (int i = field.Count - 1; i >= 0; i--)
        {
            if (unwanted(field[i]))
            {
                field.RemoveAt(i);
            }
        }
    }

    internal void AddInput(string name, TensorType type, params ReadOnlySpan<string> dimensions)
        => Graph.Input.Add(new ValueInfoProto { Name = name, Type = TypeOf(type, dimensions) });

    internal static TypeProto TypeOf(TensorType type, params ReadOnlySpan<string> dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (string dimension in dimensions)
        {
            shape.Dim.Add(long.TryParse(dimension, out long size)
                ? new TensorShapeProto.Types.Dimension { DimValue = size }
                : new TensorShapeProto.Types.Dimension { DimParam = dimension });
        }

        return new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } };
    }

    /// <summary>Values a node reads, those that the bodies of its subgraphs capture included.</summary>
    private static IEnumerable<string> Reads(NodeProto node)
        => node.Input.Concat(node.Attribute.Where(a => a.G is not null).SelectMany(a => a.G.Node.SelectMany(Reads).Concat(a.G.Output.Select(o => o.Name))))
            .Where(name => name.Length > 0);
}

/// <summary>ONNX element types in use here (TensorProto.DataType).</summary>
internal enum TensorType
{
    Undefined = 0,
    Float = 1,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
}
