using Microsoft.Extensions.Time.Testing;
using Pipeline.Inference.KvStore;
using Pipeline.Inference.Tests.KvStore.Files;

namespace Pipeline.Inference.Tests.KvStore;

public sealed class KvBlockStoreTests
{
    private readonly FaultyDisk disk = new();
    private readonly FakeTimeProvider time = new();
    private readonly List<string> warnings = [];

    [Fact]
    public void A_document_comes_back_byte_for_byte_after_a_restart()
    {
        var tokens = FakeBlocks.Tokens(43);
        Write(Open(), "a", tokens);

        using var use = Open().Use(FakeBlocks.Space(), new("a", "a.txt"), tokens);
        using var chain = use.Find();

        Assert.Equal(43, FakeBlocks.AssertWhole(chain, tokens));
        Assert.Empty(warnings);
    }

    [Fact]
    public void Another_document_is_a_miss()
    {
        Write(Open(), "a", FakeBlocks.Tokens(43));

        Assert.Equal(0, Covered(Open(), FakeBlocks.Tokens(43, seed: 2)));
    }

    [Fact]
    public void Another_model_or_tenant_is_a_miss()
    {
        var tokens = FakeBlocks.Tokens(43);
        Write(Open(), "a", tokens);

        Assert.Equal(0, Covered(Open(), tokens, FakeBlocks.Space("other")));
        Assert.Equal(0, Covered(Open(), tokens, FakeBlocks.Space() with { TenantSalt = new byte[] { 1 } }));
        Assert.Equal(0, Covered(Open(), tokens, FakeBlocks.Space() with { RopeRegime = "long" }));
        Assert.Equal(0, Covered(Open(), tokens, FakeBlocks.Space() with { NumericsClass = "other" }));
    }

    [Theory]
    [InlineData(7, 0)]
    [InlineData(8, 8)]
    [InlineData(23, 16)]
    [InlineData(42, 40)]
    [InlineData(43, 43)]
    [InlineData(60, 43)]
    public void The_longest_committed_beginning_is_found(int length, int covered)
    {
        var all = FakeBlocks.Tokens(60);
        Write(Open(), "a", all[..43]);

        Assert.Equal(covered, Covered(Open(), all[..length]));
    }

    [Fact]
    public void Documents_that_begin_alike_share_blocks()
    {
        var store = Open();
        var first = FakeBlocks.Tokens(40);
        int[] second = [.. first[..24], .. FakeBlocks.Tokens(16, seed: 2)];
        Write(store, "a", first);
        var before = store.Bytes;

        Write(store, "b", second);

        Assert.Equal(before / 5 * 7, store.Bytes);
        Assert.Equal(40, Covered(store, second));
        var listed = store.List();
        Assert.All(listed, document => Assert.Equal(before / 5 * 3, document.SharedBytes));
    }

    [Fact]
    public void A_document_that_goes_on_after_another_ones_partial_block_is_written_from_the_block_before()
    {
        var store = Open();
        var all = FakeBlocks.Tokens(40);
        Write(store, "a", all[..20]);

        Write(store, "b", all);

        Assert.Equal(40, Covered(Open(), all));
        Assert.Equal(20, Covered(Open(), all[..20]));
    }

    [Fact]
    public void Two_open_stores_see_each_others_commits()
    {
        var tokens = FakeBlocks.Tokens(40);
        var (one, other) = (Open(), Open());
        Write(one, "a", tokens);

        Assert.Equal(40, Covered(other, tokens));
    }

    [Fact]
    public void One_process_writes_a_document_and_the_other_one_is_told_so()
    {
        var tokens = FakeBlocks.Tokens(40);
        using var here = Open().Use(FakeBlocks.Space(), new("a", "a"), tokens);
        using var there = Open().Use(FakeBlocks.Space(), new("a", "a"), tokens);
        using (var writer = here.TryWrite(here.Find()))
        {
            Assert.NotNull(writer);
            Assert.True(there.IsBeingWritten);
            Assert.Null(there.TryWrite(there.Find()));
        }

        Assert.False(there.IsBeingWritten);
    }

    [Fact]
    public void The_same_blocks_computed_twice_are_kept_once()
    {
        // Two documents with the same tokens have leases of their own, so both write.
        var tokens = FakeBlocks.Tokens(40);
        var (one, other) = (Open(), Open());
        using var here = one.Use(FakeBlocks.Space(), new("a", "a"), tokens);
        using var there = other.Use(FakeBlocks.Space(), new("b", "b"), tokens);
        using var first = here.TryWrite(here.Find())!;
        using var second = there.TryWrite(there.Find())!;
        first.Append(FakeBlocks.Of(tokens, 0, 2));
        var bytes = one.Bytes;
        second.Append(FakeBlocks.Of(tokens, 0, 3));
        first.Append(FakeBlocks.Of(tokens, 2, 4));

        Assert.Equal(bytes / 2 * 4, one.Bytes);
        Assert.Equal(32, Covered(Open(), tokens));
    }

    [Fact]
    public void The_least_recently_used_leaves_go_first()
    {
        var store = Open();
        var (old, recent) = (FakeBlocks.Tokens(40), FakeBlocks.Tokens(40, seed: 2));
        Write(store, "old", old);
        time.Advance(TimeSpan.FromMinutes(1));
        Write(store, "recent", recent);
        var block = store.Bytes / 10;

        Assert.Equal(3, store.Prune(store.Bytes - (3 * block)));

        Assert.Equal(16, Covered(store, old));
        Assert.Equal(40, Covered(store, recent));
        Assert.Equal(16, Covered(Open(), old));
    }

    [Fact]
    public void Use_makes_a_document_recent_again()
    {
        var store = Open();
        var (first, second) = (FakeBlocks.Tokens(40), FakeBlocks.Tokens(40, seed: 2));
        Write(store, "a", first);
        time.Advance(TimeSpan.FromMinutes(1));
        Write(store, "b", second);
        time.Advance(TimeSpan.FromMinutes(1));
        using (var use = store.Use(FakeBlocks.Space(), new("a", "a"), first))
        {
            use.NoteUse(use.Find());
        }

        store = Open();
        store.Prune(store.Bytes / 2);

        Assert.Equal(40, Covered(store, first));
        Assert.Equal(0, Covered(store, second));
    }

    [Fact]
    public void A_document_in_use_is_not_pruned_by_another_process()
    {
        var tokens = FakeBlocks.Tokens(40);
        Write(Open(), "a", tokens);
        using (var use = Open().Use(FakeBlocks.Space(), new("a", "a"), tokens))
        {
            Assert.Equal(0, Open().Prune(0));
            Assert.Equal(1, Open().Clear());
            Assert.False(Open().Forget(Assert.Single(Open().List())));
        }

        Assert.Equal(5, Open().Prune(0));
    }

    [Fact]
    public void Space_of_pruned_blocks_comes_back_without_moving_the_others()
    {
        var tokens = FakeBlocks.Tokens(40);
        Write(Open(), "a", tokens);
        var path = Assert.Single(disk.Paths, path => path.EndsWith(".kv", StringComparison.Ordinal));
        var before = disk.ContentOf(path).Length;
        var store = Open();

        store.Prune(store.Bytes / 5 * 2);

        Assert.Equal(before / 5 * 2, disk.ContentOf(path).Length);
        Assert.Equal(16, Covered(store, tokens));
    }

    [Fact]
    public void A_budget_holds_while_documents_are_written()
    {
        var options = Options() with { MaxBytes = 1 << 20 };
        var store = KvBlockStore.Open(options);
        var record = 0L;
        for (var seed = 0; seed < 40; seed++)
        {
            Write(store, $"{seed}", FakeBlocks.Tokens(80, seed));
            record = Math.Max(record, store.Bytes);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(record, (1 << 20) * 9 / 10, 1 << 20);
        Assert.Equal(80, Covered(store, FakeBlocks.Tokens(80, 39)));
        Assert.Equal(0, Covered(store, FakeBlocks.Tokens(80, 0)));
    }

    [Fact]
    public void A_document_larger_than_the_budget_stops_being_kept_and_says_why()
    {
        var store = KvBlockStore.Open(Options() with { MaxBytes = 1 << 20 });
        var tokens = FakeBlocks.Tokens(8 * 200);
        using var use = store.Use(FakeBlocks.Space(), new("a", "a"), tokens);
        using var writer = use.TryWrite(use.Find())!;

        var error = Assert.Throws<IOException>(() => writer.Append(FakeBlocks.Of(tokens)));

        Assert.Contains("raise the limit", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Forgetting_erases_the_bytes_and_keeps_what_others_share()
    {
        var store = Open();
        var first = FakeBlocks.Tokens(40);
        int[] second = [.. first[..16], .. FakeBlocks.Tokens(24, seed: 2)];
        Write(store, "a", first);
        Write(store, "b", second);
        var gone = FakeBlocks.Of(first, 2, 3)[0].Layer(0).ToArray();
        Assert.Contains(disk.Paths, path => disk.ContentOf(path).AsSpan().IndexOf(gone) >= 0);

        Assert.True(store.Forget(store.List().Single(document => document.Id == "a")));

        Assert.DoesNotContain(disk.Paths, path => disk.ContentOf(path).AsSpan().IndexOf(gone) >= 0);
        Assert.DoesNotContain(disk.Paths, path => disk.ContentOf(path).AsSpan().IndexOf("a.txt"u8) >= 0);
        Assert.Equal(40, Covered(Open(), second));
        Assert.Equal(16, Covered(Open(), first));
        Assert.Equal("b", Assert.Single(store.List()).Id);
    }

    [Fact]
    public void Clearing_leaves_no_block()
    {
        var store = Open();
        Write(store, "a", FakeBlocks.Tokens(40));

        Assert.Equal(0, store.Clear());

        Assert.Equal(0, store.Bytes);
        Assert.Empty(store.List());
        Assert.DoesNotContain(disk.Paths, path => path.EndsWith(".kv", StringComparison.Ordinal));
    }

    [Fact]
    public void A_list_tells_tokens_bytes_and_times()
    {
        time.SetUtcNow(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var store = Open();
        var tokens = FakeBlocks.Tokens(40);
        using (var use = store.Use(FakeBlocks.Space(), new("sha", "contract.txt"), tokens))
        using (var writer = use.TryWrite(use.Find()))
        {
            writer!.Append(FakeBlocks.Of(tokens, 0, 3));
        }

        time.Advance(TimeSpan.FromDays(2));
        using (var use = store.Use(FakeBlocks.Space(), new("sha", "contract.txt"), tokens))
        {
            use.NoteUse(use.Find());
        }

        var listed = Assert.Single(Open().List());
        Assert.Equal(("sha", "contract.txt", "model", 40, 24, store.Bytes, 0L), (listed.Id, listed.Name, listed.ModelName, listed.TotalTokens, listed.StoredTokens, listed.Bytes, listed.SharedBytes));
        Assert.Equal(TimeSpan.FromDays(2), listed.LastUsed - listed.Created);
    }

    [Fact]
    public void Segments_are_of_bounded_size()
    {
        var store = KvBlockStore.Open(Options() with { SegmentBytes = 20_000 });
        Write(store, "a", FakeBlocks.Tokens(80));

        var segments = disk.Paths.Where(path => path.EndsWith(".kv", StringComparison.Ordinal)).ToList();
        Assert.Equal(5, segments.Count);
        Assert.All(segments, path => Assert.InRange(disk.ContentOf(path).Length, 1, 20_000));
        Assert.Equal(80, Covered(Open(), FakeBlocks.Tokens(80)));
    }

    private KvStoreOptions Options() => new() { Directory = "/store", Files = disk, Time = time, OnWarning = warnings.Add };

    private KvBlockStore Open() => KvBlockStore.Open(Options());

    private static int Covered(KvBlockStore store, int[] tokens, KvNamespace? space = null)
    {
        using var use = store.Use(space ?? FakeBlocks.Space(), new("probe", "probe"), tokens);
        using var chain = use.Find();
        return FakeBlocks.AssertWhole(chain, tokens);
    }

    private static void Write(KvBlockStore store, string id, int[] tokens)
    {
        using var use = store.Use(FakeBlocks.Space(), new(id, id + ".txt"), tokens);
        using var chain = use.Find();
        using var writer = use.TryWrite(chain)!;
        writer.Append(FakeBlocks.Of(tokens, writer.TokenCount / FakeBlocks.BlockTokens));
    }
}
