using Pipeline.Inference.KvStore;
using Pipeline.Inference.KvStore.Tiers;
using Pipeline.Inference.Tests.KvStore.Files;

namespace Pipeline.Inference.Tests.KvStore.Tiers;

public sealed class KvBackgroundWriterTests
{
    private static readonly int[] Document = FakeBlocks.Tokens(60);
    private readonly FaultyDisk disk = new();
    private readonly List<string> warnings = [];
    private readonly List<(int Blocks, bool Committed)> done = [];

    [Fact]
    public void All_batches_are_committed_when_it_is_disposed()
    {
        WriteAll();

        Assert.Equal([(2, true), (2, true), (2, true), (2, true)], done);
        using var use = Store().Use(FakeBlocks.Space(), new("a", "a"), Document);
        Assert.Equal(60, FakeBlocks.AssertWhole(use.Find(), Document));
        Assert.False(use.IsBeingWritten);
    }

    [Fact]
    public void A_failure_ends_the_keeping_with_one_warning_and_lets_go_of_all_blocks()
    {
        var undisturbed = new FaultyDisk();
        using (var use = Store(undisturbed).Use(FakeBlocks.Space(), new("a", "a"), Document))
        using (var writer = use.TryWrite(use.Find())!)
        {
            writer.Append(FakeBlocks.Of(Document, 0, 2));
        }

        disk.Fault = Fault.DiskFull;
        disk.FaultAt = undisturbed.Steps - 1;
        WriteAll();

        Assert.Equal([(2, true), (2, false), (2, false), (2, false)], done);
        Assert.Contains("No space left", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private void WriteAll()
    {
        using var use = Store().Use(FakeBlocks.Space(), new("a", "a"), Document);
        using var writer = new KvBackgroundWriter(use.TryWrite(use.Find())!, (blocks, committed) => done.Add((blocks.Count, committed)), warnings.Add);
        for (var block = 0; block < 8; block += 2)
        {
            writer.Post(FakeBlocks.Of(Document, block, block + 2));
        }
    }

    private KvBlockStore Store(FaultyDisk? other = null) => KvBlockStore.Open(new KvStoreOptions { Directory = "/store", Files = other ?? disk, OnWarning = warnings.Add });
}
