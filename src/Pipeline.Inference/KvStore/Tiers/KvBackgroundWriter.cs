using System.Threading.Channels;

namespace Pipeline.Inference.KvStore.Tiers;

/// <summary>
/// Commits blocks while the model goes on reading. Whoever posts a batch waits until the one before it is committed, so a crash never
/// costs more than the last batch posted and what the model is at.
/// </summary>
internal sealed class KvBackgroundWriter : IDisposable
{
    private readonly KvChainWriter writer;
    private readonly Action<IReadOnlyList<IKvBlockSource>, bool> onDone;
    private readonly Action<string> warn;
    private readonly Channel<IReadOnlyList<IKvBlockSource>> batches =
        Channel.CreateUnbounded<IReadOnlyList<IKvBlockSource>>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly SemaphoreSlim idle = new(1, 1);
    private readonly Task work;
    private volatile bool failed;

    /// <summary>Starts the background work.</summary>
    /// <param name="writer">The document's writer; disposed when all is done.</param>
    /// <param name="onDone">Told of each batch when the store needs it no longer, and whether it was committed.</param>
    /// <param name="warn">Told when nothing more will be kept, and why.</param>
    public KvBackgroundWriter(KvChainWriter writer, Action<IReadOnlyList<IKvBlockSource>, bool> onDone, Action<string> warn)
    {
        this.writer = writer;
        this.onDone = onDone;
        this.warn = warn;
        work = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Hands a batch over; waits while the one before it is being committed.</summary>
    public void Post(IReadOnlyList<IKvBlockSource> blocks)
    {
        idle.Wait();
        batches.Writer.TryWrite(blocks);
    }

    /// <summary>Nothing more will be posted: the writer is let go as soon as all is done.</summary>
    public void Complete() => batches.Writer.TryComplete();

    public void Dispose()
    {
        Complete();
        work.GetAwaiter().GetResult();
        idle.Dispose();
    }

    private void Run()
    {
        using (writer)
        {
            while (batches.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (batches.Reader.TryRead(out var blocks))
                {
                    var committed = TryCommit(blocks);
                    idle.Release();
                    onDone(blocks, committed);
                }
            }
        }
    }

    private bool TryCommit(IReadOnlyList<IKvBlockSource> blocks)
    {
        if (failed)
        {
            return false;
        }

        try
        {
            writer.Append(blocks);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            // The reading goes on; only its keeping ends here.
            failed = true;
            warn($"The rest of this reading is not kept in the KV store: {e.Message}");
            return false;
        }
    }
}
