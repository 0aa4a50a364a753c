using Pipeline.Worker.Queues;
using Pipeline.Workflows;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Worker.Tests.Queues;

public sealed class WorkQueueTests(StorageFixture fixture)
{
    private static readonly WorkMessage Message = new("a-1", 1, 1, "doc-1");

    [Fact]
    public async Task Messages_are_taken_renewed_given_back_and_deleted_and_poison_is_put_aside()
    {
        var stop = TestContext.Current.CancellationToken;
        var queue = new WorkQueue(fixture.Storage, StorageNames.AnalysisQueue, new WorkerOptions { VisibilitySeconds = 2, MaxDeliveries = 2 }, TimeProvider.System);
        Assert.Null(await queue.ReceiveAsync(stop));

        await new Sender(fixture.Storage).SendAsync(StorageNames.AnalysisQueue, Message, stop);
        await using (var item = await queue.ReceiveAsync(stop))
        {
            Assert.Equal("a-1", item!.Work.AnalysisId);
            // Longer than its invisibility: only renewal keeps it from the next reader.
            await Task.Delay(TimeSpan.FromSeconds(3.5), stop);
            Assert.Null(await queue.ReceiveAsync(stop));
            await item.GiveBackAsync(TimeSpan.Zero);
        }

        await using (var item = await queue.ReceiveAsync(stop))
        {
            Assert.Equal(2, item!.Deliveries);
            // A stop of the process is not the work's fault.
            await item.SendAnewAsync();
        }

        for (var delivery = 1; delivery <= 2; delivery++)
        {
            await using var item = await queue.ReceiveAsync(stop);
            Assert.Equal(delivery, item!.Deliveries);
            await item.GiveBackAsync(TimeSpan.Zero);
        }

        Assert.Null(await queue.ReceiveAsync(stop));
        await fixture.Storage.RawQueue(StorageNames.AnalysisQueue).SendMessageAsync("not base64!", stop);
        Assert.Null(await queue.ReceiveAsync(stop));
        var poison = (await fixture.Storage.RawQueue(StorageNames.AnalysisQueue + StorageNames.PoisonSuffix).ReceiveMessagesAsync(10, cancellationToken: stop)).Value;
        Assert.Equal(2, poison.Length);
        Assert.Equal("not base64!", poison[1].Body.ToString());
        Assert.Null(await queue.ReceiveAsync(stop));
    }
}
