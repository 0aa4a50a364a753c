using System.Diagnostics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Pipeline.Inference.Graph;
using Pipeline.Inference.Graph.Onnx;

namespace Pipeline.Inference.Measurement;

/// <summary>
/// The rate of ONNX Runtime's own float32 matrix product on this machine: what the same library, threads and moment give to the operator that decoders spend
/// their time in. Engines are reported as a percentage of it, since absolute rates say more about the machine than about them.
/// </summary>
public sealed class MatMulRate : IDisposable
{
    private const int Rows = 512;
    private const int Width = 2048;
    private readonly InferenceSession session;
    private readonly OrtIoBinding binding;
    private readonly RunOptions runOptions = new();
    private readonly OrtValue input = OrtValue.CreateTensorValueFromMemory(Numbers(Rows * Width), [Rows, Width]);
    private readonly OrtValue output = OrtValue.CreateTensorValueFromMemory(new float[Rows * Width], [Rows, Width]);

    /// <summary>Prepares [512, 2048] x [2048, 2048], the second a weight that ONNX Runtime packs at load, as it does with a decoder's.</summary>
    /// <param name="threads">Threads; 0 for one a core.</param>
    public MatMulRate(int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        session = new InferenceSession(Graph(), options);
        binding = session.CreateIoBinding();
        binding.BindInput("x", input);
        binding.BindOutput("y", output);
    }

    /// <summary>Floating-point operations of one product.</summary>
    public static double OperationsOfOne => 2.0 * Rows * Width * Width;

    /// <summary>Computes the product once.</summary>
    public void RunOnce() => session.RunWithBinding(runOptions, binding);

    /// <summary>Measures once.</summary>
    /// <returns>10^9 floating-point operations a second: the median of 7 products.</returns>
    public double MeasureGflops()
    {
        RunOnce();
        var seconds = new double[7];
        for (var i = 0; i < seconds.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            RunOnce();
            seconds[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        Array.Sort(seconds);
        return OperationsOfOne / seconds[seconds.Length / 2] / 1e9;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        runOptions.Dispose();
        binding.Dispose();
        session.Dispose();
        input.Dispose();
        output.Dispose();
    }

    private static byte[] Graph()
    {
        var graph = new GraphProto { Name = "matmul" };
        graph.Node.Add(new NodeProto { OpType = "MatMul", Name = "product", Input = { "x", "w" }, Output = { "y" } });
        graph.Input.Add(new ValueInfoProto { Name = "x", Type = DecoderGraph.TypeOf(TensorType.Float, "rows", Width.ToString(System.Globalization.CultureInfo.InvariantCulture)) });
        graph.Output.Add(new ValueInfoProto { Name = "y", Type = DecoderGraph.TypeOf(TensorType.Float, "rows", Width.ToString(System.Globalization.CultureInfo.InvariantCulture)) });
        graph.Initializer.Add(new TensorProto
        {
            Name = "w",
            DataType = (int)TensorType.Float,
            Dims = { Width, Width },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(Numbers(Width * Width))),
        });
        var model = new ModelProto { IrVersion = 10, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = string.Empty, Version = 21 });
        return model.ToByteArray();
    }

    // Small and never denormal, whose arithmetic is slow.
    private static float[] Numbers(int count)
    {
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = ((i * 7919L % 1021) - 510) / 1024f;
        }

        return numbers;
    }
}
