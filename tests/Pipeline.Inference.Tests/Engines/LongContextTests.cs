using System.Text.Json;
using Google.Protobuf;
using Pipeline.Attention;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Graph.Onnx;
using Pipeline.Inference.Tests.Graph;
using Pipeline.Inference.Verification;

namespace Pipeline.Inference.Tests.Engines;

/// <summary>100,000 and 262,144 tokens: sampled rows against float64, in memory bounded by the KV cache. Long runs.</summary>
public sealed class LongContextTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Nope_at_262144_tokens()
    {
        Assert.SkipUnless(TestModels.LongTests, "A long run: set PIPELINE_LONG_TESTS=1.");
        using NativeEngine engine = NativeEngine.Load(TestModels.OpenTiny("nope-262k"), new NativeEngineOptions { Threads = 2 });
        OracleCase each = ModelOracle.Load(TestModels.Tiny("nope-262k"))!.Cases.Single(c => c.Length == 262_144);
        Check(engine, each, ModelOracle.Load(TestModels.Tiny("nope-262k"))!.VocabularyIndices);
    }

    [Fact]
    public void Llama_grown_to_100000_tokens()
    {
        Assert.SkipUnless(TestModels.LongTests, "A long run: set PIPELINE_LONG_TESTS=1.");
        string oraclePath = Path.Combine(TestModels.Tiny("llama-16k"), ModelOracle.FileName);
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(oraclePath));
        JsonElement grown = file.RootElement.GetProperty("grown");
        int context = grown.GetProperty("context_length").GetInt32();
        float[] frequencies = grown.GetProperty("inv_freq").Deserialize<float[]>()!;
        var each = grown.Deserialize<OracleCase>()!;
        using GraphVariant variant = GraphVariant.Of("llama-16k", graph =>
        {
            foreach (TensorProto table in graph.Graph.Initializer.Where(t => t.Name is "cos_cache" or "sin_cache"))
            {
                float[] values = [.. Enumerable.Range(0, context).SelectMany(p => frequencies.Select(f => (float)p * f)).Select(angle => (float)(table.Name is "cos_cache" ? Math.Cos(angle) : Math.Sin(angle)))];
                table.Dims[0] = context;
                table.ExternalData.Clear();
                table.DataLocation = TensorProto.Types.DataLocation.Default;
                table.RawData = ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
            }
        });
        string config = Path.Combine(variant.Path, "genai_config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("16384", context.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        using NativeEngine engine = NativeEngine.Load(variant.Folder, new NativeEngineOptions { Threads = 2 });
        Check(engine, each, file.RootElement.GetProperty("vocab_indices").Deserialize<int[]>()!);
    }

    private static void Check(NativeEngine engine, OracleCase each, int[] vocabulary)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        long before = process.WorkingSet64;
        double difference = 0;
        foreach ((int position, float[] logits) in LogitReader.Read(engine, each.Prompt(), p => each.Positions.Contains(p), Cancellation))
        {
            int row = Array.IndexOf(each.Positions, position);
            for (int i = 0; i < vocabulary.Length; i++)
            {
                difference = Math.Max(difference, Math.Abs(each.Reference![row][i] - logits[vocabulary[i]]));
            }
        }

        process.Refresh();
        long cache = ((each.Length + KvLayout.BlockTokens - 1) / KvLayout.BlockTokens) * engine.Pool.BlockBytes;
        TestContext.Current.TestOutputHelper!.WriteLine($"{each.Length} tokens: largest difference {difference:E2}; {(process.PeakWorkingSet64 - before) / 1e6:F0} MB more, KV cache {cache / 1e6:F0} MB");
        Assert.InRange(difference, 0, 1e-4);
        Assert.InRange(process.PeakWorkingSet64 - before, 0, cache + 300_000_000);
    }
}
