using Pipeline.Worker.Analyze;

namespace Pipeline.Worker.Tests.Analyze;

public sealed class BlobKvTierTests(StorageFixture fixture)
{
    [Fact]
    public async Task Blobs_are_written_once_read_within_a_limit_listed_and_deleted()
    {
        var stop = TestContext.Current.CancellationToken;
        var tier = new BlobKvTier(fixture.Storage.Kv);
        var prefix = $"kv1/{Guid.NewGuid():N}/";
        Assert.Null(await tier.GetAsync(prefix + "b/1", 10, stop));
        await tier.PutAsync(prefix + "b/1", new byte[] { 1, 2, 3 }, stop);
        await tier.PutAsync(prefix + "b/1", new byte[] { 9, 9, 9 }, stop);
        await tier.PutAsync(prefix + "b/empty", ReadOnlyMemory<byte>.Empty, stop);
        Assert.Equal(new byte[] { 1, 2, 3 }, (await tier.GetAsync(prefix + "b/1", 3, stop))!.Value.ToArray());
        Assert.Null(await tier.GetAsync(prefix + "b/1", 2, stop));
        Assert.Equal(0, (await tier.GetAsync(prefix + "b/empty", 3, stop))!.Value.Length);

        var names = new List<string>();
        await foreach (var name in tier.ListAsync(prefix, stop)) names.Add(name);
        Assert.Equal([prefix + "b/1", prefix + "b/empty"], names);
        await tier.DeleteAsync(prefix + "b/1", stop);
        await tier.DeleteAsync(prefix + "b/1", stop);
        Assert.Null(await tier.GetAsync(prefix + "b/1", 10, stop));
    }
}
