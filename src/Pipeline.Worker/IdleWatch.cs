namespace Pipeline.Worker;

/// <summary>Ends the process when there was no work for a while, so that the platform can scale to zero.</summary>
internal sealed class IdleWatch(WorkerOptions options, TimeProvider time, IHostApplicationLifetime lifetime) : BackgroundService
{
    private readonly TimeProvider time = time;
    private int busy;
    private long lastWork = time.GetTimestamp();

    /// <summary>Marks the process busy until the result is disposed.</summary>
    public IDisposable Work()
    {
        Interlocked.Increment(ref busy);
        return new End(this);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.IdleExitSeconds <= 0) return;
        var limit = TimeSpan.FromSeconds(options.IdleExitSeconds);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(limit / 4, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Volatile.Read(ref busy) == 0 && time.GetElapsedTime(Volatile.Read(ref lastWork)) >= limit) lifetime.StopApplication();
        }
    }

    private sealed class End(IdleWatch watch) : IDisposable
    {
        public void Dispose()
        {
            Volatile.Write(ref watch.lastWork, watch.time.GetTimestamp());
            Interlocked.Decrement(ref watch.busy);
        }
    }
}
