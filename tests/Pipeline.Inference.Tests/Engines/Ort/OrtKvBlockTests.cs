using System.Text.Json;
using Pipeline.Attention;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Engines.Ort;

namespace Pipeline.Inference.Tests.Engines.Ort;

public sealed class OrtKvBlockTests
{
    [Theory]
    [InlineData("llama", 2, 128)]
    [InlineData("llama", 1, 64)]
    [InlineData("llama-fp16", 2, 128)]
    [InlineData("gemma3-text", 4, 256)]
    public void ARestoredDocumentGivesTheLogitsOfOneThatWasRead(string name, int blocks, int restored)
    {
        var oracle = TinyOracle.Load(name);
        var prompt = oracle.Cases[2].Prompt();
        var kept = new KeptBlocks();
        using var engine = new OrtEngine(oracle.Folder, new OrtOptions { Threads = 1, Persistence = kept });
        var read = new ReadOptions { ChunkTokens = 64 };
        using var cold = engine.ReadDocument(prompt, read, null, default);
        Assert.Equal(CacheState.Miss, cold.Report.Cache);
        Assert.Equal(5, kept.Calls);
        kept.Limit = blocks;

        using var warm = engine.ReadDocument(prompt, read, null, default);

        Assert.Equal((restored, 300 - restored), (warm.Report.ReusedTokens, warm.Report.ComputedTokens));
        int[] question = [5, 6, 7];
        Assert.Equal(
            cold.Evaluate(question, [0, 2], queryLimits: null, default).Logits,
            warm.Evaluate(question, [0, 2], queryLimits: null, default).Logits);
        Assert.Equal(0, engine.Pool.InUse);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen3")]
    public void BlocksHoldTheReferencesKeysAndValues(string name)
    {
        var folder = TestModels.OpenTiny(name);
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.Path, "oracle.json")));
        var kv = json.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.TryGetProperty("kv", out var k) ? k : default).First(k => k.ValueKind == JsonValueKind.Object);
        var positions = kv.GetProperty("positions").EnumerateArray().Select(p => p.GetInt32()).ToArray();
        var sequenceSeen = false;
        var recorder = new SequenceRecorder((sequence, length) =>
        {
            if (length < 128)
            {
                return;
            }

            sequenceSeen = true;
            for (var layer = 0; layer < sequence.Pool.Layers.Count; layer++)
            {
                var layout = sequence.Pool.Layers[layer];
                for (var head = 0; head < layout.KvHeads; head++)
                {
                    for (var p = 0; p < positions.Length && positions[p] < length; p++)
                    {
                        var block = sequence.Blocks[positions[p] / KvLayout.BlockTokens].Layer(layout);
                        var slot = positions[p] % KvLayout.BlockTokens;
                        for (var d = 0; d < layout.HeadSize; d++)
                        {
                            var key = kv.GetProperty("key")[layer][head][p][d].GetDouble();
                            var value = kv.GetProperty("value")[layer][head][p][d].GetDouble();
                            Assert.Equal(key, block[(int)(layout.Keys(head) - layout.Offset) + (d * KvLayout.BlockTokens) + slot], 1e-4);
                            Assert.Equal(value, block[(int)(layout.Values(head) - layout.Offset) + (slot * layout.ValueStride) + d], 1e-4);
                        }
                    }
                }
            }
        });
        using var engine = new OrtEngine(folder, new OrtOptions { Threads = 1, Persistence = recorder });

        using var session = engine.Read(TinyOracle.Load(name).Cases[1].Prompt(), new ReadOptions { ChunkTokens = 48 }, null, default);

        Assert.True(sequenceSeen);
    }

    [Fact]
    public void BlocksOfOneEngineAreBlocksOfTheOther()
    {
        var oracle = TinyOracle.Load("llama");
        var prompt = oracle.Cases[1].Prompt();
        var kept = new KeptBlocks();
        using var ort = new OrtEngine(oracle.Folder, new OrtOptions { Threads = 1, Persistence = kept });
        using (ort.Read(prompt[..^5], new ReadOptions { ChunkTokens = 64 }, null, default))
        {
        }

        using var native = NativeEngine.Load(oracle.Folder, new NativeEngineOptions { Threads = 1, Persistence = kept });
        using var session = native.Read(prompt[..^5], new ReadOptions { ChunkTokens = 64 }, null, default);

        Assert.Equal(64, session.Report.ReusedTokens);
        Assert.Equal(oracle.Cases[1].Greedy, session.Answer([new(prompt[^5..])], new GenerationOptions { MaxTokens = 24 }, null, default)[0].Tokens);
    }
}
