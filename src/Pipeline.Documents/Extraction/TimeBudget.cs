namespace Pipeline.Documents;

/// <summary>A deadline that grows with each page that goes to OCR.</summary>
internal sealed class TimeBudget : IDisposable
{
    private readonly TimeSpan page;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly ITimer timer;

    public TimeBudget(TimeSpan document, TimeSpan page, CancellationTokenSource stop, TimeProvider time)
    {
        Total = document;
        this.page = page;
        this.time = time;
        started = time.GetTimestamp();
        timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), stop, document, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Time allowed so far.</summary>
    public TimeSpan Total { get; private set; }

    public void AddPage()
    {
        Total += page;
        var left = Total - time.GetElapsedTime(started);
        timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => timer.Dispose();
}
