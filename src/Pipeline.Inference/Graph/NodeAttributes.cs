using Google.Protobuf;
using Pipeline.Inference.Graph.Onnx;

namespace Pipeline.Inference.Graph;

/// <summary>Reads and writes attributes of a node.</summary>
internal static class NodeAttributes
{
    internal static long Int(this NodeProto node, string name, long missing) => Find(node, name)?.I ?? missing;

    internal static float Float(this NodeProto node, string name, float missing) => Find(node, name)?.F ?? missing;

    internal static string Text(this NodeProto node, string name, string missing) => Find(node, name)?.S.ToStringUtf8() ?? missing;

    internal static void Set(this NodeProto node, string name, long value)
        => node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value });

    internal static void Set(this NodeProto node, string name, float value)
        => node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value });

    internal static void Set(this NodeProto node, string name, string value)
        => node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) });

    /// <summary>The name of input <paramref name="index"/>, or empty where it is not given.</summary>
    internal static string InputOrEmpty(this NodeProto node, int index) => index < node.Input.Count ? node.Input[index] : string.Empty;

    private static AttributeProto? Find(NodeProto node, string name) => node.Attribute.FirstOrDefault(a => string.Equals(a.Name, name, StringComparison.Ordinal));
}
