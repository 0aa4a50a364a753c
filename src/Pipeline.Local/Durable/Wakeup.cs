namespace Pipeline.Local.Durable;

/// <summary>Wakes the engine's loops when there may be something to do.</summary>
internal sealed class Wakeup
{
    private volatile TaskCompletionSource signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set() => Interlocked.Exchange(ref signal, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>A task that completes at the next <see cref="Set"/>; take it before looking for work.</summary>
    public Task Next => signal.Task;
}
