using Pipeline.Inference.KvStore;
using Pipeline.Inference.Tests.KvStore.Files;

namespace Pipeline.Inference.Tests.KvStore;

/// <summary>Damage of every kind to every file: the store gives back right bytes or none, says which file is bad, and heals.</summary>
public sealed class DamageTests
{
    private static readonly int[] Document = FakeBlocks.Tokens(28);

    private readonly FaultyDisk written = new();

    public DamageTests() => Write(written);

    private static bool IsLong => Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1";

    [Fact]
    public void Any_flipped_byte_costs_at_most_a_reading()
    {
        var paths = Fresh().Paths;
        foreach (var path in paths)
        {
            // Slabs are many alike bytes: one in 97 of them, all others.
            var length = Fresh().ContentOf(path).Length;
            for (var at = 0; at < length; at += IsLong || at < 1024 || at % 8192 < 256 ? 1 : 97)
            {
                var disk = Fresh();
                disk.ContentOf(path)[at] ^= (byte)(1 << (at % 8));
                AssertRightAndHealed(disk, path, $"byte {at}");
            }
        }
    }

    [Fact]
    public void Any_truncated_file_costs_at_most_a_reading()
    {
        foreach (var path in Fresh().Paths)
        {
            var length = Fresh().ContentOf(path).Length;
            for (var at = 0; at < length; at += IsLong || at < 1024 ? 1 : 97)
            {
                var disk = Fresh();
                disk.SetContent(path, disk.ContentOf(path)[..at]);
                AssertRightAndHealed(disk, path, $"cut at {at}");
            }
        }
    }

    [Fact]
    public void Any_deleted_file_costs_at_most_a_reading()
    {
        foreach (var path in Fresh().Paths)
        {
            var disk = Fresh();
            disk.Delete(path);
            AssertRightAndHealed(disk, path, "deleted", mayBeSilent: path.EndsWith("manifest", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Any_file_with_another_ones_content_costs_at_most_a_reading()
    {
        foreach (var path in Fresh().Paths)
        {
            foreach (var other in Fresh().Paths)
            {
                var disk = Fresh();
                disk.SetContent(path, [.. disk.ContentOf(other)]);
                AssertRightAndHealed(disk, path, other, mayBeSilent: path == other);
            }
        }
    }

    [Fact]
    public void Damage_in_the_middle_of_the_manifest_loses_no_more_than_it_hit()
    {
        var disk = Fresh();
        var path = disk.Paths.Single(path => path.EndsWith("manifest", StringComparison.Ordinal));
        disk.ContentOf(path)[^700] ^= 1;
        var warnings = new List<string>();

        var store = KvBlockStore.Open(Options(disk, warnings));

        Assert.InRange(Covered(store), 8, 28);
        Assert.Contains("damaged at byte", warnings[0], StringComparison.Ordinal);
        warnings.Clear();
        KvBlockStore.Open(Options(disk, warnings));
        Assert.Empty(warnings);
    }

    [Fact]
    public void Damage_while_the_store_is_open_ends_the_chain_before_it()
    {
        var disk = Fresh();
        var warnings = new List<string>();
        var store = KvBlockStore.Open(Options(disk, warnings));
        using var use = store.Use(FakeBlocks.Space(), new("a", "a"), Document);
        using var chain = use.Find();
        var segment = disk.Paths.Where(path => path.EndsWith(".kv", StringComparison.Ordinal)).MaxBy(path => disk.ContentOf(path).Length)!;
        disk.ContentOf(segment)[8192 + 4096 + 700] ^= 1;

        Assert.Equal(8, FakeBlocks.AssertWhole(chain, Document));
        Assert.Contains(segment, Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_only_store_with_damage_is_right_too()
    {
        foreach (var path in Fresh().Paths)
        {
            for (var at = 0; at < 200; at++)
            {
                var disk = Fresh();
                if (at < disk.ContentOf(path).Length)
                {
                    disk.ContentOf(path)[at] ^= 0x10;
                    disk.Fault = Fault.ReadOnly;
                    disk.FaultAt = disk.Steps;
                    var warnings = new List<string>();
                    var store = KvBlockStore.Open(Options(disk, warnings));

                    Assert.InRange(Covered(store), 0, 28);
                }
            }
        }
    }

    private static void AssertRightAndHealed(FaultyDisk disk, string path, string what, bool mayBeSilent = false)
    {
        var warnings = new List<string>();
        var found = Covered(KvBlockStore.Open(Options(disk, warnings)));
        Assert.True(
            found == 28 || mayBeSilent || warnings.Exists(warning => warning.Contains(path, StringComparison.Ordinal)),
            $"{path} {what}: {found} tokens, and no warning names the file: {string.Join(" | ", warnings)}");

        Write(disk);
        warnings.Clear();
        Assert.Equal(28, Covered(KvBlockStore.Open(Options(disk, warnings))));
        Assert.Empty(warnings);
    }

    private FaultyDisk Fresh() => written.Copy();

    private static void Write(FaultyDisk disk)
    {
        using var use = KvBlockStore.Open(Options(disk, [])).Use(FakeBlocks.Space(), new("a", "a"), Document);
        using var chain = use.Find();
        FakeBlocks.AssertWhole(chain, Document);
        using var writer = use.TryWrite(chain)!;
        if (writer.TokenCount < Document.Length)
        {
            writer.Append(FakeBlocks.Of(Document, writer.TokenCount / FakeBlocks.BlockTokens));
        }
    }

    private static KvStoreOptions Options(FaultyDisk disk, List<string> warnings) =>
        new() { Directory = "/store", Files = disk, SegmentBytes = 17 << 10, OnWarning = warnings.Add };

    private static int Covered(KvBlockStore store)
    {
        using var use = store.Use(FakeBlocks.Space(), new("a", "a"), Document);
        using var chain = use.Find();
        return FakeBlocks.AssertWhole(chain, Document);
    }
}
