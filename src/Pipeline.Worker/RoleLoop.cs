using Azure;
using Pipeline.Worker.Queues;

namespace Pipeline.Worker;

/// <summary>Takes messages of one queue, one after another, until the process stops.</summary>
internal sealed partial class RoleLoop(WorkQueue queue, IWork work, WorkProcessor processor, IdleWatch idle, WorkerOptions options, TimeProvider time, ILogger<RoleLoop> log) : BackgroundService
{
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = ShortestPoll;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var item = await queue.ReceiveAsync(stoppingToken);
                if (item is not null)
                {
                    using var busy = idle.Work();
                    await processor.ProcessAsync(item, work, stoppingToken);
                    pause = ShortestPoll;
                    continue;
                }
            }
            catch (Exception e) when (e is RequestFailedException or IOException or AggregateException && !stoppingToken.IsCancellationRequested)
            {
                Unreachable(e.Message.Split('\n')[0]);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            var longest = TimeSpan.FromSeconds(options.PollSeconds);
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 1.5 < longest ? pause * 1.5 : longest;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Storage is out of reach: {Reason}")]
    private partial void Unreachable(string reason);
}
