using Pipeline.Inference.KvStore;
using Pipeline.Inference.Tests.KvStore.Files;

namespace Pipeline.Inference.Tests.KvStore;

/// <summary>The power goes at every single step of a document's way into the store, and unflushed sectors survive at random or not at all.</summary>
public sealed class PowerLossTests
{
    private static readonly int[] Document = FakeBlocks.Tokens(60);

    [Fact]
    public void What_a_commit_returned_for_survives_and_nothing_else_is_taken_for_whole()
    {
        var undisturbed = new FaultyDisk();
        Assert.Equal(60, WriteInThreeCommits(undisturbed));
        Assert.True(undisturbed.Steps > 15, $"{undisturbed.Steps} steps");

        for (var step = 0; step < undisturbed.Steps; step++)
        {
            for (var luck = -1; luck < 12; luck++)
            {
                var disk = new FaultyDisk { FaultAt = step };
                var committed = WriteInThreeCommits(disk);
                var after = disk.AfterPowerLoss(luck < 0 ? null : new Random(luck));

                var store = KvBlockStore.Open(Options(after));
                var found = Covered(store);

                Assert.True(found >= committed, $"step {step} ({disk.Journal.LastOrDefault()}), luck {luck}: {found} of {committed} committed tokens");
                Assert.Equal(60, WriteInThreeCommits(after));
                Assert.Equal(60, Covered(KvBlockStore.Open(Options(after))));
            }
        }
    }

    [Fact]
    public void Pruning_and_forgetting_may_be_cut_off_anywhere()
    {
        var undisturbed = PruneAndForget(new FaultyDisk());
        for (var step = undisturbed.Before; step < undisturbed.Disk.Steps; step++)
        {
            for (var luck = -1; luck < 12; luck++)
            {
                var after = PruneAndForget(new FaultyDisk(), step).Disk.AfterPowerLoss(luck < 0 ? null : new Random(luck));

                var found = Covered(KvBlockStore.Open(Options(after)));

                Assert.InRange(found, 0, 60);
                Assert.Equal(60, WriteInThreeCommits(after));
                Assert.Equal(60, Covered(KvBlockStore.Open(Options(after))));
            }
        }
    }

    [Fact]
    public void A_full_disk_stops_the_keeping_and_not_the_reading()
    {
        for (var step = 0; step < 40; step++)
        {
            var disk = new FaultyDisk { FaultAt = step, Fault = Fault.DiskFull };
            var committed = WriteInThreeCommits(disk);

            disk.FaultAt = int.MaxValue;
            Assert.True(Covered(KvBlockStore.Open(Options(disk))) >= committed, $"step {step}");
            Assert.Equal(60, WriteInThreeCommits(disk));
        }
    }

    [Fact]
    public void A_store_that_turns_read_only_is_still_read()
    {
        var disk = new FaultyDisk();
        WriteInThreeCommits(disk);
        disk.Fault = Fault.ReadOnly;
        disk.FaultAt = disk.Steps;
        var warnings = new List<string>();

        var store = KvBlockStore.Open(Options(disk) with { OnWarning = warnings.Add });

        Assert.True(store.IsReadOnly);
        Assert.Equal(60, Covered(store));
        Assert.Contains("/store", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Throws<IOException>(() => store.Prune(0));
    }

    private static KvStoreOptions Options(FaultyDisk disk) => new() { Directory = "/store", Files = disk, SegmentBytes = 24 << 10 };

    /// <summary>Reads on from what the store has; returns the tokens whose commit returned before the fault.</summary>
    private static int WriteInThreeCommits(FaultyDisk disk)
    {
        var committed = 0;
        try
        {
            var store = KvBlockStore.Open(Options(disk));
            using var use = store.Use(FakeBlocks.Space(), new("a", "a"), Document);
            using var chain = use.Find();
            using var writer = use.TryWrite(chain);
            committed = writer?.TokenCount ?? 0;
            while (writer is not null && writer.TokenCount < Document.Length)
            {
                var block = writer.TokenCount / FakeBlocks.BlockTokens;
                writer.Append(FakeBlocks.Of(Document, block, block + 3));
                committed = writer.TokenCount;
            }
        }
        catch (Exception e) when (e is PowerLostException or IOException)
        {
            // The test goes on with what the disk holds.
        }

        return committed;
    }

    private static (FaultyDisk Disk, int Before) PruneAndForget(FaultyDisk disk, int faultAt = int.MaxValue)
    {
        WriteInThreeCommits(disk);
        var before = disk.Steps;
        disk.FaultAt = faultAt;
        try
        {
            var store = KvBlockStore.Open(Options(disk));
            store.Prune(store.Bytes / 2);
            Assert.True(store.Forget(Assert.Single(store.List())));
        }
        catch (PowerLostException)
        {
            // As above.
        }

        return (disk, before);
    }

    private static int Covered(KvBlockStore store)
    {
        using var use = store.Use(FakeBlocks.Space(), new("a", "a"), Document);
        using var chain = use.Find();
        return FakeBlocks.AssertWhole(chain, Document);
    }
}
