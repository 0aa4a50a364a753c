using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.KvStore;
using Pipeline.Inference.Tests.KvStore.Files;
using Pipeline.Inference.Tests.KvStore.Tiers;
using Pipeline.Models;

namespace Pipeline.Inference.Tests.KvStore.Session;

/// <summary>Restored equals computed, bit for bit, and what is restored is not computed.</summary>
public sealed class KvPersistenceTests
{
    private readonly FaultyDisk disk = new();
    private readonly List<string> warnings = [];

    public static TheoryData<string> Models => [.. TestModels.AllTiny];

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_architecture_restores_the_bits_it_computed(string name)
    {
        var model = TestModels.Tiny(name);
        var tokens = RestoredReading.Tokens(model, 427);
        var cold = RestoredReading.Of(model, null, tokens);

        var computed = RestoredReading.Of(model, Store(), tokens);
        var restored = RestoredReading.Of(model, Store(), tokens);

        Assert.Equal((CacheState.Miss, tokens.Length, 0), Summary(computed));
        Assert.Equal((CacheState.Hit, 0, tokens.Length), Summary(restored));
        cold.AssertSameBitsAs(computed);
        cold.AssertSameBitsAs(restored);

        // Another document of the same length is not served by what was there before.
        var other = RestoredReading.Of(model, Store(), RestoredReading.Tokens(model, 427, seed: 8));
        Assert.Equal((CacheState.Miss, tokens.Length, 0), Summary(other));

        // The end of the chain is pruned, and a reading is stopped in the middle.
        Assert.Equal(1, Prune(tokens));
        var resumed = RestoredReading.Of(model, Store(), tokens, chunk: 48);
        Assert.Equal((CacheState.Partial, tokens.Length % 64, tokens.Length / 64 * 64), Summary(resumed));
        cold.AssertSameBitsAs(resumed);
        Assert.Empty(warnings);
    }

    [Fact]
    public void The_default_model_restores_the_bits_it_computed()
    {
        var model = TestModels.Default;
        var tokens = RestoredReading.Tokens(model, 300);
        var cold = RestoredReading.Of(model, null, tokens);
        RestoredReading.Of(model, Store(), tokens);

        var restored = RestoredReading.Of(model, Store(), tokens);
        Assert.Equal(3, Store().Prune(Store().Bytes * 2 / 5));
        var resumed = RestoredReading.Of(model, Store(), tokens, chunk: 48);

        Assert.Equal((CacheState.Hit, 0, 300), Summary(restored));
        cold.AssertSameBitsAs(restored);
        Assert.Equal((CacheState.Partial, 300 - 128, 128), Summary(resumed));
        cold.AssertSameBitsAs(resumed);
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_cancelled_reading_goes_on_where_it_was()
    {
        var model = TestModels.Tiny("llama-16k");
        var tokens = RestoredReading.Tokens(model, 700);
        Assert.Throws<OperationCanceledException>(() => RestoredReading.Of(model, Store(), tokens, stopAfter: 384));

        var resumed = RestoredReading.Of(model, Store(), tokens, chunk: 256);

        Assert.Equal((CacheState.Partial, tokens.Length - 384, 384), Summary(resumed));
        RestoredReading.Of(model, null, tokens).AssertSameBitsAs(resumed);
        Assert.Equal(CacheState.Hit, RestoredReading.Of(model, Store(), tokens).Report.Cache);
    }

    [Fact]
    public void A_document_that_begins_like_another_one_computes_its_own_part_only()
    {
        var model = TestModels.Tiny("llama-16k");
        var first = RestoredReading.Tokens(model, 420);
        int[] second = [.. first[..300], .. RestoredReading.Tokens(model, 200, seed: 9)];
        int[] longer = [.. first, .. RestoredReading.Tokens(model, 100, seed: 10)];
        RestoredReading.Of(model, Store(), first);

        var shared = RestoredReading.Of(model, Store(), second);
        var continued = RestoredReading.Of(model, Store(), longer);

        Assert.Equal((CacheState.Partial, 500 - 256, 256), Summary(shared));
        RestoredReading.Of(model, null, second).AssertSameBitsAs(shared);
        Assert.Equal((CacheState.Partial, 100, 420), Summary(continued));
        RestoredReading.Of(model, null, longer).AssertSameBitsAs(continued);
        Assert.Equal(CacheState.Hit, RestoredReading.Of(model, Store(), longer).Report.Cache);
    }

    [Fact]
    public void A_damaged_block_is_computed_again_with_what_follows()
    {
        var model = TestModels.Tiny("llama-16k");
        var tokens = RestoredReading.Tokens(model, 420);
        var cold = RestoredReading.Of(model, Store(), tokens);
        var segment = disk.Paths.Single(path => path.EndsWith(".kv", StringComparison.Ordinal));
        var content = disk.ContentOf(segment);
        content[content.Length / 2] ^= 0x40;

        var healed = RestoredReading.Of(model, Store(), tokens);

        Assert.Equal((CacheState.Partial, 420 - healed.Report.ReusedTokens, healed.Report.ReusedTokens), Summary(healed));
        Assert.InRange(healed.Report.ReusedTokens, 128, 256);
        cold.AssertSameBitsAs(healed);
        Assert.Contains(segment, Assert.Single(warnings), StringComparison.Ordinal);
        warnings.Clear();
        var again = RestoredReading.Of(model, Store(), tokens);
        Assert.True(again.Report.Cache == CacheState.Hit, $"{again.Report} {string.Join(" | ", warnings)}");
    }

    [Fact]
    public void Computing_is_chosen_where_it_was_measured_to_be_faster()
    {
        var model = TestModels.Tiny("llama-16k");
        var tokens = RestoredReading.Tokens(model, 420);
        var cold = RestoredReading.Of(model, Store(), tokens);
        var store = Store();
        var root = Assert.Single(store.List()).Root;
        store.Rates.NoteComputed(root, 1000, TimeSpan.FromSeconds(1));
        store.Rates.NoteRestored(root, 1000, TimeSpan.FromSeconds(1));

        var computed = RestoredReading.Of(model, store, tokens, alwaysRestore: false);

        Assert.Equal((CacheState.Miss, 420, 0), Summary(computed));
        cold.AssertSameBitsAs(computed);
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_full_disk_costs_the_keeping_and_not_the_reading()
    {
        var model = TestModels.Tiny("llama-16k");
        var tokens = RestoredReading.Tokens(model, 420);
        disk.Fault = Fault.DiskFull;
        disk.FaultAt = 12;

        var read = RestoredReading.Of(model, Store(), tokens);

        RestoredReading.Of(model, null, tokens).AssertSameBitsAs(read);
        Assert.NotEmpty(warnings);
        disk.FaultAt = int.MaxValue;
        RestoredReading.Of(model, null, tokens).AssertSameBitsAs(RestoredReading.Of(model, Store(), tokens));
    }

    [Fact]
    public void The_memory_tier_shares_blocks_and_keeps_its_bound()
    {
        var model = TestModels.Tiny("llama-16k");
        var folder = ModelFolder.Open(model);
        var (first, second) = (RestoredReading.Tokens(model, 420), RestoredReading.Tokens(model, 420, seed: 8));
        using var pool = NativeEngine.Load(folder);
        var bytes = 7 * pool.Pool.BlockBytes;
        using var persistence = new KvPersistence(Store(), folder, new KvPersistenceOptions { Engine = "native", AlwaysRestore = true, MemoryBytes = bytes });
        using var engine = NativeEngine.Load(folder, new NativeEngineOptions { Threads = 2, Persistence = persistence });

        var computed = RestoredReading.Read(engine, first);
        persistence.Flush();
        var steps = disk.Steps;
        var shared = RestoredReading.Read(engine, first);
        Assert.Equal(CacheState.Hit, shared.Report.Cache);
        Assert.DoesNotContain(disk.Journal.Skip(steps), step => step.Contains(".kv ", StringComparison.Ordinal));
        computed.AssertSameBitsAs(shared);
        Assert.Equal(7, engine.Pool.InUse);

        RestoredReading.Read(engine, second);
        persistence.Flush();
        Assert.Equal(bytes, persistence.MemoryBytes);
        Assert.Equal(7, engine.Pool.InUse);
        computed.AssertSameBitsAs(RestoredReading.Read(engine, first));
    }

    [Fact]
    public async Task Another_machine_goes_on_from_the_remote_tier()
    {
        var model = TestModels.Tiny("llama-16k");
        var folder = ModelFolder.Open(model);
        var tokens = RestoredReading.Tokens(model, 420);
        var remote = new MemoryTier();
        using var here = new KvPersistence(Store(), folder, new KvPersistenceOptions { Engine = "native", AlwaysRestore = true, Remote = remote });
        using var engine = NativeEngine.Load(folder, new NativeEngineOptions { Threads = 2, Persistence = here });
        var computed = RestoredReading.Read(engine, tokens);
        await here.DrainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, here.RemoteLagBytes);

        using var there = new KvPersistence(
            KvBlockStore.Open(new KvStoreOptions { Directory = "/store", Files = new FaultyDisk() }), folder, new KvPersistenceOptions { Engine = "native", AlwaysRestore = true, Remote = remote });
        using var other = NativeEngine.Load(folder, new NativeEngineOptions { Threads = 2, Persistence = there });
        var restored = RestoredReading.Read(other, tokens);

        Assert.Equal(CacheState.Hit, restored.Report.Cache);
        computed.AssertSameBitsAs(restored);
    }

    [Fact]
    public async Task Who_meets_another_reader_of_the_document_waits_and_takes_what_that_one_computed()
    {
        var model = TestModels.Tiny("llama-16k");
        var folder = ModelFolder.Open(model);
        var tokens = RestoredReading.Tokens(model, 420);
        using var first = new KvPersistence(Store(), folder, new KvPersistenceOptions { Engine = "native", AlwaysRestore = true });
        using var second = new KvPersistence(Store(), folder, new KvPersistenceOptions { Engine = "native", AlwaysRestore = true, OnWarning = warnings.Add });
        using var alone = new KvPersistence(Store(), folder, new KvPersistenceOptions { Engine = "native", AlwaysRestore = true, WhenBusy = KvBusyPolicy.ComputeAlone });
        using var one = NativeEngine.Load(folder, new NativeEngineOptions { Threads = 1, Persistence = first });
        using var two = NativeEngine.Load(folder, new NativeEngineOptions { Threads = 1, Persistence = second });
        using var three = NativeEngine.Load(folder, new NativeEngineOptions { Threads = 1, Persistence = alone });
        Task<RestoredReading>? waiting = null;
        RestoredReading? third = null;

        using var session = one.Read(tokens, new ReadOptions { ChunkTokens = 128 }, OnProgress, TestContext.Current.CancellationToken);

        Assert.Equal((CacheState.Hit, 0, 420), Summary(await waiting!));
        Assert.Contains("waiting", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(420, third!.Report.ComputedTokens + third.Report.ReusedTokens);
        (await waiting!).AssertSameBitsAs(third);

        void OnProgress(ReadProgress progress)
        {
            if (progress.TokensRead == 128)
            {
                waiting = Task.Run(() => RestoredReading.Read(two, tokens));
                SpinWait.SpinUntil(() => warnings.Count > 0, TimeSpan.FromSeconds(30));
                third = RestoredReading.Read(three, tokens);
            }
        }
    }

    private static (CacheState Cache, int Computed, int Reused) Summary(RestoredReading reading) =>
        (reading.Report.Cache, reading.Report.ComputedTokens, reading.Report.ReusedTokens);

    private int Prune(int[] tokens)
    {
        // The document itself is the older one of two, so its last block goes first.
        var store = Store();
        var document = store.List().Single(document => document.Id == KvNamespaceSource.ByTokens(tokens).Id);
        using var chain = store.Open(document);
        return store.Prune(store.Bytes - chain.BytesOf(chain.BlockCount - 1));
    }

    private KvBlockStore Store() => KvBlockStore.Open(new KvStoreOptions { Directory = "/store", Files = disk, OnWarning = warnings.Add });
}
