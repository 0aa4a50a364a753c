namespace Pipeline.Workflows.Durable;

/// <summary>Keeps the continuations of workflow code on the calling thread, in order: code is blocked when the queue is empty.</summary>
internal sealed class ReplayThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> queue = new();
    private readonly int thread = Environment.CurrentManagedThreadId;

    public override void Post(SendOrPostCallback d, object? state)
    {
        // Another thread posts only if workflow code awaited something that its context did not give out; that never counts.
        if (Environment.CurrentManagedThreadId == thread) queue.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Workflow code runs on one thread.");

    public void Run(Action step)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            step();
            while (queue.TryDequeue(out var next)) next.Callback(next.State);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
