using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Engines.Ort;
using Pipeline.Inference.Graph;
using Pipeline.Inference.Graph.Onnx;
using Pipeline.Inference.Verification;
using Pipeline.Models;

namespace Pipeline.Inference.Tests.Engines.Ort;

/// <summary>A model with two pairs of rotary tables, chosen in the graph by the total length, as the exporter writes Phi-3 with 128K.</summary>
public sealed class LongRopeTests : IDisposable
{
    private const int OriginalContext = 100;
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-longrope").FullName;

    [Fact]
    public void TheRegimeIsThatOfDocumentAndRoomTogether()
    {
        var model = Write();
        var prompt = TinyOracle.Load("llama").Cases[1].Prompt()[..90];
        using var engine = new OrtEngine(model, new OrtOptions { Threads = 1 });
        using var plain = new OrtEngine(TestModels.OpenTiny("llama"), new OrtOptions { Threads = 1 });

        var shortRegime = Logits(engine, prompt, reserve: 10);
        var longRegime = Logits(engine, prompt, reserve: 11);

        Assert.Equal(Logits(plain, prompt, reserve: 10), shortRegime);
        Assert.NotEqual(shortRegime, longRegime);
        Assert.Equal(NativeLogits(model, prompt, regime: 0), shortRegime, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(NativeLogits(model, prompt, regime: 1), longRegime, (a, b) => Math.Abs(a - b) < 1e-4);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static float[] Logits(OrtEngine engine, int[] prompt, int reserve)
    {
        using var session = engine.ReadDocument(prompt[..^1], new ReadOptions { ChunkTokens = 32, ReserveTokens = reserve + 1 }, null, default);
        return session.Evaluate(prompt[^1..], [0], queryLimits: null, default).Logits;
    }

    private static float[] NativeLogits(ModelFolder model, int[] prompt, int regime)
    {
        using var engine = NativeEngine.Load(model, new NativeEngineOptions { Threads = 1 });
        using var sequence = new KvCache.KvSequence(engine.Pool);
        return engine.Pass.Run([new PassInput(sequence, prompt, 1)], regime, oneRowKernel: false, default).Row(0).ToArray();
    }

    /// <summary>llama with its tables as the short ones, and others of 1.5 times the frequency as the long ones.</summary>
    private ModelFolder Write()
    {
        var source = TestModels.OpenTiny("llama");
        foreach (var file in Directory.EnumerateFiles(source.Path))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        var graph = DecoderGraph.Load(source.GraphPath);
        var attention = graph.Graph.Node.Where(n => n.OpType is "GroupQueryAttention").ToArray();
        var (cos, sin) = (Table(source, graph, attention[0].Input[7]), Table(source, graph, attention[0].Input[8]));
        var choice = new NodeProto { OpType = "If", Name = "/model/rotemb_caches_subgraph/If", Input = { "is_long" }, Output = { "cos", "sin" } };
        choice.Attribute.Add(Branch("then_branch", "large", Faster(cos, MathF.Cos), Faster(sin, MathF.Sin)));
        choice.Attribute.Add(Branch("else_branch", "small", cos, sin));
        var greater = new NodeProto { OpType = "Greater", Name = "is_long", Input = { attention[0].Input[6], "original" }, Output = { "is_long" } };
        graph.Graph.Initializer.Add(new TensorProto { Name = "original", DataType = (int)TensorType.Int32, Int32Data = { OriginalContext } });
        var first = graph.Graph.Node.IndexOf(attention[0]);
        graph.Graph.Node.Insert(first, choice);
        graph.Graph.Node.Insert(first, greater);
        foreach (var node in attention)
        {
            node.Input[7] = "cos";
            node.Input[8] = "sin";
        }

        graph.RemoveDead();
        File.Delete(Path.Combine(folder, "model.onnx"));
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), graph.ToBytes());
        return ModelFolder.Open(folder);
    }

    private static TensorProto Table(ModelFolder source, DecoderGraph graph, string name)
    {
        var table = graph.Initializer(name)!;
        var entries = table.ExternalData.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        using var data = File.OpenRead(Path.Combine(source.Path, entries["location"]));
        data.Position = long.Parse(entries["offset"], CultureInfo.InvariantCulture);
        var bytes = new byte[int.Parse(entries["length"], CultureInfo.InvariantCulture)];
        data.ReadExactly(bytes);
        return new TensorProto { DataType = table.DataType, Dims = { table.Dims }, RawData = ByteString.CopyFrom(bytes) };
    }

    private static TensorProto Faster(TensorProto table, Func<float, float> function)
    {
        int positions = (int)table.Dims[0], pairs = (int)table.Dims[1];
        var values = new float[positions * pairs];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = function(1.5f * (i / pairs) * MathF.Pow(10_000, -(i % pairs) / (float)pairs));
        }

        return new TensorProto { DataType = table.DataType, Dims = { table.Dims }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)) };
    }

    private static AttributeProto Branch(string name, string suffix, TensorProto cos, TensorProto sin)
    {
        var body = new GraphProto { Name = suffix };
        foreach (var (output, table) in new[] { ($"cos_cache_{suffix}", cos), ($"sin_cache_{suffix}", sin) })
        {
            var constant = new NodeProto { OpType = "Constant", Name = output, Output = { output } };
            constant.Attribute.Add(new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = table });
            body.Node.Add(constant);
            body.Output.Add(new ValueInfoProto { Name = output, Type = DecoderGraph.TypeOf(TensorType.Float, "positions", "pairs") });
        }

        return new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = body };
    }
}
