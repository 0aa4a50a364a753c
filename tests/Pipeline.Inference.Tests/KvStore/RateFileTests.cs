using Pipeline.Inference.KvStore;
using Pipeline.Inference.Tests.KvStore.Files;

namespace Pipeline.Inference.Tests.KvStore;

public sealed class RateFileTests
{
    private readonly FaultyDisk disk = new();
    private readonly KvKey root = FakeBlocks.Space().ComputeRoot();

    [Fact]
    public void Restoring_is_chosen_until_both_speeds_are_known()
    {
        var store = Store();
        Assert.True(store.Rates.IsRestoringFaster(root, 1, long.MaxValue));
        store.Rates.NoteComputed(root, 1000, TimeSpan.FromSeconds(1));
        Assert.True(store.Rates.IsRestoringFaster(root, 1, long.MaxValue));
    }

    [Fact]
    public void The_faster_way_is_chosen_after_a_restart_too()
    {
        Store().Rates.NoteComputed(root, 1000, TimeSpan.FromSeconds(1));
        Store().Rates.NoteRestored(root, 1 << 20, TimeSpan.FromSeconds(1));

        Assert.True(Store().Rates.IsRestoringFaster(root, 1000, 1 << 20));
        Assert.False(Store().Rates.IsRestoringFaster(root, 1000, (1 << 20) + 4096));
        Assert.Equal(new KvRates(1 << 20, 1000), Store().RatesOf(root));
    }

    [Fact]
    public void A_newer_measurement_counts_three_tenths()
    {
        Store().Rates.NoteComputed(root, 1000, TimeSpan.FromSeconds(1));
        Store().Rates.NoteComputed(root, 2000, TimeSpan.FromSeconds(1));

        Assert.Equal(1300, Store().RatesOf(root).ComputeTokensPerSecond, 3);
    }

    [Fact]
    public void A_damaged_file_is_no_knowledge()
    {
        Store().Rates.NoteComputed(root, 1000, TimeSpan.FromSeconds(1));
        var path = disk.Paths.Single(path => path.EndsWith("rates.json", StringComparison.Ordinal));
        foreach (var content in (string[])["", "{", "[]", "null", """{"x":null}"""])
        {
            disk.SetContent(path, System.Text.Encoding.UTF8.GetBytes(content));
            Assert.Equal(new KvRates(0, 0), Store().RatesOf(root));
        }
    }

    private KvBlockStore Store() => KvBlockStore.Open(new KvStoreOptions { Directory = "/store", Files = disk });
}
