using System.Text.Json.Nodes;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Pipeline.Workflows;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Triggers;

/// <summary>Plays the host's queue trigger: batches, dequeue counts, invisibility renewed while the function runs, the poison queue.</summary>
internal sealed partial class QueueListener(FunctionEntry function, PipelineStorage storage, HandlerClient handler, QueueSettings settings, ILogger log)
{
    /// <summary>The host takes messages for ten minutes; here a killed local run shall not make its successor wait that long.</summary>
    private static readonly TimeSpan Lock = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(200);

    /// <summary>A person watches, so the host's longest pause is for poison queues only.</summary>
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);

    private readonly string queueName = function.Trigger["queueName"];
    private readonly bool isPoison = function.Trigger["queueName"].EndsWith(StorageNames.PoisonSuffix, StringComparison.Ordinal);
    private int running;

    public async Task RunAsync(CancellationToken cancellation)
    {
        // Raw, since a message that is not base64 must reach the poison queue as it is.
        var queue = storage.RawQueue(queueName);
        var pause = ShortestPoll;
        var work = new HashSet<Task>();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                work.RemoveWhere(t => t.IsCompleted);
                QueueMessage[] messages = Volatile.Read(ref running) <= settings.NewBatchThreshold ? await queue.ReceiveMessagesAsync(settings.BatchSize, Lock, cancellation) : [];
                foreach (var message in messages)
                {
                    Interlocked.Increment(ref running);
                    work.Add(HandleAsync(queue, message, cancellation));
                }

                pause = messages.Length > 0 ? ShortestPoll : Min(pause * 1.5, isPoison ? settings.MaxPollingInterval : Min(settings.MaxPollingInterval, LongestPoll));
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException or IOException && !cancellation.IsCancellationRequested)
            {
                PollFailed(queueName, e.Message.Split('\n')[0]);
            }

            await Task.Delay(pause, cancellation);
        }
    }

    private async Task HandleAsync(QueueClient queue, QueueMessage message, CancellationToken cancellation)
    {
        try
        {
            if (!TryDecode(message.Body, out var text))
            {
                // The host has no poison queue of a poison queue: there the message stays, for the app's sweep.
                if (isPoison) await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, message.Body, TimeSpan.Zero, cancellation);
                else await ToPoisonAsync(queue, message, message.PopReceipt, cancellation);
                return;
            }

            using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var renewal = RenewAsync(queue, message, done.Token);
            var succeeded = false;
            try
            {
                await handler.InvokeAsync(function, HandlerClient.TextValue(text), Metadata(message), cancellation);
                succeeded = true;
            }
            catch (HttpRequestException e)
            {
                InvocationFailed(function.Name, message.DequeueCount, e.Message);
            }

            await done.CancelAsync();
            var receipt = await renewal;
            if (succeeded) await queue.DeleteMessageAsync(message.MessageId, receipt, cancellation);
            else if (message.DequeueCount >= settings.MaxDequeueCount && !isPoison) await ToPoisonAsync(queue, message, receipt, cancellation);
            else await queue.UpdateMessageAsync(message.MessageId, receipt, message.Body, settings.VisibilityTimeout, cancellation);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException or IOException or OperationCanceledException)
        {
            // The message comes again when its invisibility ends.
            if (!cancellation.IsCancellationRequested) PollFailed(queueName, e.Message.Split('\n')[0]);
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    /// <returns>The last pop receipt.</returns>
    private static async Task<string> RenewAsync(QueueClient queue, QueueMessage message, CancellationToken done)
    {
        var receipt = message.PopReceipt;
        try
        {
            while (true)
            {
                await Task.Delay(Lock / 2, done);
                receipt = (await queue.UpdateMessageAsync(message.MessageId, receipt, message.Body, Lock, CancellationToken.None)).Value.PopReceipt;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or RequestFailedException)
        {
            return receipt;
        }
    }

    private async Task ToPoisonAsync(QueueClient queue, QueueMessage message, string receipt, CancellationToken cancellation)
    {
        var poison = storage.RawQueue(queueName + StorageNames.PoisonSuffix);
        await poison.SendMessageAsync(message.Body, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken: cancellation);
        await queue.DeleteMessageAsync(message.MessageId, receipt, cancellation);
    }

    private static bool TryDecode(BinaryData body, out string text)
    {
        text = "";
        try
        {
            text = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(body.ToString()));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static JsonObject Metadata(QueueMessage message) => new()
    {
        ["DequeueCount"] = message.DequeueCount.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Id"] = JsonValue.Create(message.MessageId).ToJsonString(),
        ["PopReceipt"] = JsonValue.Create(message.PopReceipt).ToJsonString(),
        ["InsertionTime"] = message.InsertedOn?.ToString("yyyy-MM-ddTHH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture),
    };

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    [LoggerMessage(LogLevel.Warning, "Queue {Queue}: {Reason}")]
    private partial void PollFailed(string queue, string reason);

    [LoggerMessage(LogLevel.Warning, "{Function} failed, delivery {Delivery}: {Reason}")]
    private partial void InvocationFailed(string function, long delivery, string reason);
}
