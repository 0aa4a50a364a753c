using Pipeline.Inference.KvStore;
using Pipeline.Inference.KvStore.Tiers;
using Pipeline.Inference.Tests.KvStore.Files;

namespace Pipeline.Inference.Tests.KvStore.Tiers;

public sealed class RemoteTierTests
{
    private static readonly RemoteTierOptions Fast = new() { FirstDelay = TimeSpan.Zero };
    private static readonly int[] Document = FakeBlocks.Tokens(43);
    private readonly MemoryTier remote = new();
    private readonly List<string> warnings = [];
    private readonly KvBlockStore here = Store();
    private readonly KvBlockStore there = Store();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_machine_restores_what_this_one_uploaded()
    {
        await UploadAsync(here, "a", Document);

        Assert.Equal(6, await FetchAsync(there, "a", Document));
        Assert.Equal(43, Covered(there, Document));
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task The_list_of_blocks_goes_first_and_parents_before_children()
    {
        await UploadAsync(here, "a", Document);

        using var use = here.Use(FakeBlocks.Space(), new("a", "a"), Document);
        Assert.Equal(
            [RemoteNames.Document(use.Root, use.Key), .. use.AllKeys().Select(key => RemoteNames.Block(use.Root, key))],
            remote.Puts.AsEnumerable(),
            StringComparer.Ordinal);
        Assert.All(remote.Puts, name => Assert.Matches("^[a-z0-9/-]{1,160}$", name));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    public async Task A_blob_that_is_missing_damaged_or_another_ones_ends_the_chain(int bad, int fetched)
    {
        await UploadAsync(here, "a", Document);
        using var use = here.Use(FakeBlocks.Space(), new("a", "a"), Document);
        var name = RemoteNames.Block(use.Root, use.AllKeys()[bad]);
        var other = remote.Blobs[RemoteNames.Block(use.Root, use.AllKeys()[1])];
        var good = remote.Blobs[name];

        foreach (var content in (byte[]?[])[null, [], good[..^1], Flipped(good, 5000), Flipped(good, 60), other])
        {
            if (content is null)
            {
                remote.Blobs.Remove(name, out _);
            }
            else
            {
                remote.Blobs[name] = content;
            }

            var store = Store();
            Assert.Equal(fetched, await FetchAsync(store, "a", Document));
            Assert.Equal(fetched * FakeBlocks.BlockTokens, Covered(store, Document));
        }
    }

    [Fact]
    public async Task A_tier_out_of_reach_is_a_miss()
    {
        await UploadAsync(here, "a", Document);
        remote.IsDown = true;

        Assert.Equal(0, await FetchAsync(there, "a", Document));
        Assert.Contains("unreachable", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_upload_is_repeated()
    {
        remote.FailuresLeft = 3;
        await UploadAsync(here, "a", Document);

        Assert.Equal(7, remote.Blobs.Count);
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task An_upload_that_keeps_failing_is_given_up_and_taken_up_with_the_next_use()
    {
        remote.IsDown = true;
        await UploadAsync(here, "a", Document);
        Assert.Contains("stays on this machine", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Empty(remote.Blobs);

        remote.IsDown = false;
        await UploadAsync(here, "a", Document);
        Assert.Equal(7, remote.Blobs.Count);
    }

    [Fact]
    public async Task The_lag_is_reported_and_bounded()
    {
        remote.Hold = new TaskCompletionSource();
        await using var uploader = new KvUploader(here, remote, Fast with { MaxLagBytes = 1000 }, warn: warnings.Add);
        using var use = Write(here, "a", Document);

        await uploader.EnqueueAsync(use, 0, 6, computedNow: false, Cancellation);
        Assert.Equal(here.Bytes, uploader.LagBytes);
        Assert.True(uploader.Lag > TimeSpan.Zero);
        var second = uploader.EnqueueAsync(use, 0, 6, computedNow: false, Cancellation);
        Assert.False(second.IsCompleted);

        remote.Hold.SetResult();
        await second;
        await uploader.DrainAsync(Cancellation);
        Assert.Equal(0, uploader.LagBytes);
        Assert.Equal(TimeSpan.Zero, uploader.Lag);
    }

    [Fact]
    public async Task Forgetting_keeps_what_other_documents_share()
    {
        int[] second = [.. Document[..16], .. FakeBlocks.Tokens(20, seed: 2)];
        await UploadAsync(here, "a", Document);
        await UploadAsync(here, "b", second);
        using var use = here.Use(FakeBlocks.Space(), new("a", "a"), Document);

        Assert.Equal(4, await RemoteRemoval.ForgetAsync(remote, use.Root, use.Key, Cancellation));
        Assert.Equal(0, await RemoteRemoval.ForgetAsync(remote, use.Root, use.Key, Cancellation));

        Assert.Equal(5, await FetchAsync(there, "b", second));
        Assert.Equal(2, await FetchAsync(Store(), "a", Document));
        using var other = here.Use(FakeBlocks.Space(), new("b", "b"), second);
        Assert.Equal(5, await RemoteRemoval.ForgetAsync(remote, other.Root, other.Key, Cancellation));
        Assert.Empty(remote.Blobs);
    }

    private async Task UploadAsync(KvBlockStore store, string id, int[] tokens)
    {
        await using var uploader = new KvUploader(store, remote, Fast, warn: warnings.Add);
        using var use = Write(store, id, tokens);
        await uploader.EnqueueAsync(use, 0, use.AllKeys().Count, computedNow: false, Cancellation);
        await uploader.DrainAsync(Cancellation);
    }

    private async Task<int> FetchAsync(KvBlockStore store, string id, int[] tokens)
    {
        using var use = store.Use(FakeBlocks.Space(), new(id, id), tokens);
        using var chain = use.Find();
        using var writer = use.TryWrite(chain)!;
        return await RemoteChain.FetchAsync(use, writer, remote, Fast, warnings.Add, Cancellation);
    }

    private static KvDocumentHandle Write(KvBlockStore store, string id, int[] tokens)
    {
        var use = store.Use(FakeBlocks.Space(), new(id, id), tokens);
        using var chain = use.Find();
        using var writer = use.TryWrite(chain)!;
        if (writer.TokenCount < tokens.Length)
        {
            writer.Append(FakeBlocks.Of(tokens, writer.TokenCount / FakeBlocks.BlockTokens));
        }

        return use;
    }

    private static int Covered(KvBlockStore store, int[] tokens)
    {
        using var use = store.Use(FakeBlocks.Space(), new("a", "a"), tokens);
        using var chain = use.Find();
        return FakeBlocks.AssertWhole(chain, tokens);
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        byte[] copy = [.. bytes];
        copy[at] ^= 4;
        return copy;
    }

    private static KvBlockStore Store() => KvBlockStore.Open(new KvStoreOptions { Directory = "/store", Files = new FaultyDisk() });
}
