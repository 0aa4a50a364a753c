using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Worker.Queues;

/// <summary>A message in work: it stays invisible to others while this lives.</summary>
internal sealed class WorkItem : IAsyncDisposable
{
    private readonly QueueClient queue;
    private readonly QueueMessage message;
    private readonly TimeSpan visibility;
    private readonly CancellationTokenSource done = new();
    private readonly TimeProvider time;
    private readonly Task renewal;
    private string receipt;

    public WorkItem(QueueClient queue, QueueMessage message, WorkMessage work, TimeSpan visibility, TimeProvider time)
    {
        this.queue = queue;
        this.message = message;
        this.visibility = visibility;
        this.time = time;
        Work = work;
        receipt = message.PopReceipt;
        renewal = RenewAsync();
    }

    public WorkMessage Work { get; }

    public long Deliveries => message.DequeueCount;

    public TimeSpan Waited => time.GetUtcNow() - (message.InsertedOn ?? time.GetUtcNow());

    /// <summary>The work is done or no longer wanted.</summary>
    public async Task DeleteAsync()
    {
        await StopRenewingAsync();
        await IgnoreLossAsync(() => queue.DeleteMessageAsync(message.MessageId, receipt));
    }

    /// <summary>Somebody shall do it after <paramref name="pause"/>; counts as a failed delivery.</summary>
    public async Task GiveBackAsync(TimeSpan pause)
    {
        await StopRenewingAsync();
        await IgnoreLossAsync(async () => await queue.UpdateMessageAsync(message.MessageId, receipt, message.Body, pause));
    }

    /// <summary>This worker stops, through no fault of the work: it is sent anew, so that its deliveries count from the start.</summary>
    public async Task SendAnewAsync()
    {
        await StopRenewingAsync();
        await queue.SendMessageAsync(message.Body, timeToLive: TimeSpan.FromSeconds(-1));
        await IgnoreLossAsync(() => queue.DeleteMessageAsync(message.MessageId, receipt));
    }

    public async ValueTask DisposeAsync()
    {
        await StopRenewingAsync();
        done.Dispose();
    }

    private async Task StopRenewingAsync()
    {
        if (!done.IsCancellationRequested) await done.CancelAsync();
        await renewal;
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            try
            {
                await Task.Delay(visibility / 3, time, done.Token);
                receipt = (await queue.UpdateMessageAsync(message.MessageId, receipt, message.Body, visibility, CancellationToken.None)).Value.PopReceipt;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (RequestFailedException e) when (e.Status is 404 or 400)
            {
                // Somebody else has the message, or an answer was lost and with it the new receipt. The lease decides who works on.
                return;
            }
            catch (Exception e) when (e is RequestFailedException or IOException or AggregateException)
            {
                // Tried again at the next turn.
            }
        }
    }

    /// <summary>The message may have become another's: then it is not ours to change.</summary>
    private static async Task IgnoreLossAsync(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (RequestFailedException e) when (e.Status is 404 or 400)
        {
            // As above.
        }
    }
}
