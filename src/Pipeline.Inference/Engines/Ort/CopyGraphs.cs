using Google.Protobuf;
using Microsoft.ML.OnnxRuntime.Tensors;
using Pipeline.Inference.Graph;
using Pipeline.Inference.Graph.Onnx;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>ONNX graphs of one operator that copy tensors of four dimensions.</summary>
internal static class CopyGraphs
{
    internal const string InputName = "from";
    internal const string OutputName = "to";
    internal const string StartsName = "starts";
    internal const string EndsName = "ends";

    /// <summary><c>to = from</c>.</summary>
    internal static byte[] Identity(TensorElementType type) => Build(type, new NodeProto { OpType = "Identity", Name = "copy", Input = { InputName }, Output = { OutputName } });

    /// <summary><c>to = from[:, :, starts:ends, :]</c>; starts and ends are int64 [1].</summary>
    internal static byte[] Rows(TensorElementType type) =>
        Build(type, new NodeProto { OpType = "Slice", Name = "rows", Input = { InputName, StartsName, EndsName, "axes" }, Output = { OutputName } }, StartsName, EndsName);

    private static byte[] Build(TensorElementType type, NodeProto node, params ReadOnlySpan<string> bounds)
    {
        var elementType = (TensorType)type; // Both number the types as ONNX's TensorProto.DataType does.
        var graph = new GraphProto { Name = "copy", Node = { node } };
        graph.Input.Add(new ValueInfoProto { Name = InputName, Type = DecoderGraph.TypeOf(elementType, "a", "b", "c", "d") });
        foreach (var bound in bounds)
        {
            graph.Input.Add(new ValueInfoProto { Name = bound, Type = DecoderGraph.TypeOf(TensorType.Int64, "1") });
        }

        if (!bounds.IsEmpty)
        {
            graph.Initializer.Add(new TensorProto { Name = "axes", DataType = (int)TensorType.Int64, Dims = { 1 }, Int64Data = { 2 } });
        }

        graph.Output.Add(new ValueInfoProto { Name = OutputName, Type = DecoderGraph.TypeOf(elementType, "a", "b", "rows", "d") });
        var model = new ModelProto { IrVersion = 10, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = string.Empty, Version = 21 });
        return model.ToByteArray();
    }
}
