using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.KvCache;
using Pipeline.Inference.KvStore;
using Pipeline.Inference.KvStore.Format;
using Pipeline.Inference.Tests.KvStore.Files;
using Pipeline.Models;

namespace Pipeline.Inference.Tests.KvStore.Session;

/// <summary>What can happen while a document is restored.</summary>
public sealed class RestoringTests : IDisposable
{
    private const int Blocks = 6;
    private static readonly ModelFolder Folder = ModelFolder.Open(TestModels.Tiny("llama")); // two layers
    private static readonly int[] Tokens = [.. RestoredReading.Tokens(Folder.Path, 512).Take(Blocks * 64)];
    private readonly FaultyDisk disk = new();
    private readonly HeldReads held;
    private readonly List<string> warnings = [];
    private readonly RestoredReading cold;

    public RestoringTests()
    {
        held = new HeldReads(disk);
        cold = RestoredReading.Of(Folder.Path, Store(), Tokens);
    }

    public void Dispose() => held.Dispose();

    [Fact]
    public void A_block_damaged_in_its_last_layer_is_computed_again_with_those_that_follow()
    {
        var segment = DamageLastLayerOf(block: 1);

        var healed = RestoredReading.Of(Folder.Path, Store(), Tokens, chunk: 32);

        Assert.Equal((Tokens.Length - 64, 64), (healed.Report.ComputedTokens, healed.Report.ReusedTokens));
        cold.AssertSameBitsAs(healed);
        Assert.Contains(segment, Assert.Single(warnings), StringComparison.Ordinal);
        var again = RestoredReading.Of(Folder.Path, Store(), Tokens);
        Assert.Equal((CacheState.Hit, 0), (again.Report.Cache, again.Report.ComputedTokens));
        cold.AssertSameBitsAs(again);
    }

    [Fact]
    public async Task A_restoring_that_is_cancelled_leaves_nothing_behind_and_is_done_again()
    {
        using var kept = new KvPersistence(Store(), Folder, new KvPersistenceOptions { Engine = "native", AlwaysRestore = true });
        using var engine = NativeEngine.Load(Folder, new NativeEngineOptions { Threads = 2, Persistence = kept });
        using var stop = new CancellationTokenSource();
        held.HoldAfter(3);
        var reading = Task.Run(() => engine.Read(Tokens, new ReadOptions(), null, stop.Token), TestContext.Current.CancellationToken);
        while (!held.IsHolding)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        held.LetGo();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(0, engine.Pool.InUse);
        var restored = RestoredReading.Read(engine, Tokens);
        Assert.Equal((CacheState.Hit, 0), (restored.Report.Cache, restored.Report.ComputedTokens));
        cold.AssertSameBitsAs(restored);
        Assert.Empty(warnings);
    }

    [Fact]
    public void Blocks_that_held_something_else_before_are_restored_to_the_same_bits()
    {
        using var kept = new KvPersistence(Store(), Folder, new KvPersistenceOptions { Engine = "native", AlwaysRestore = true });
        using var engine = NativeEngine.Load(Folder, new NativeEngineOptions { Threads = 2, Persistence = kept });
        using (var rubbish = new KvSequence(engine.Pool))
        {
            rubbish.Reserve(Tokens.Length);
            foreach (var block in rubbish.Blocks)
            {
                foreach (var layer in engine.Pool.Layers)
                {
                    block.Layer(layer).Fill(float.NaN);
                }
            }
        }

        DamageLastLayerOf(block: 4);
        cold.AssertSameBitsAs(RestoredReading.Read(engine, Tokens));
        var shorter = Tokens[..100]; // ends in a partial block
        RestoredReading.Of(Folder.Path, null, shorter).AssertSameBitsAs(RestoredReading.Read(engine, shorter));
        RestoredReading.Of(Folder.Path, null, shorter).AssertSameBitsAs(RestoredReading.Read(engine, shorter));
    }

    private string DamageLastLayerOf(int block)
    {
        using var engine = NativeEngine.Load(Folder);
        int[] slabs = [.. engine.Pool.Layers.Select(layer => (int)(layer.Floats * sizeof(float)))];
        var segment = disk.Paths.Single(path => path.EndsWith(".kv", StringComparison.Ordinal));
        var end = (block * BlockHeader.RecordBytesOf(64, slabs)) + BlockHeader.HeaderBytesOf(64, slabs.Length) + slabs.Sum();
        disk.ContentOf(segment)[end - 100] ^= 4;
        return segment;
    }

    private KvBlockStore Store() => KvBlockStore.Open(new KvStoreOptions { Directory = "/store", Files = held, OnWarning = warnings.Add });
}
