using System.Threading.Channels;

namespace Pipeline.Inference.KvStore.Tiers;

/// <summary>
/// Copies committed blocks to a remote tier in the background, in the order of their chains. What waits is named, not held: records are
/// read from the local disk when their turn comes.
/// </summary>
public sealed class KvUploader : IAsyncDisposable
{
    private readonly KvBlockStore store;
    private readonly IRemoteKvTier remote;
    private readonly RemoteTierOptions options;
    private readonly TimeProvider time;
    private readonly Action<string>? warn;
    private readonly Channel<Upload> queue = Channel.CreateUnbounded<Upload>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly Queue<(long Bytes, long Since)> waiting = new();
    private readonly HashSet<KvKey> announced = [];
    private readonly HashSet<KvKey> givenUp = [];
    private readonly Task work;
    private TaskCompletionSource room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long lagBytes;

    /// <summary>Starts the background work.</summary>
    /// <param name="store">The local store whose blocks are copied.</param>
    /// <param name="remote">Where to.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Told of blocks that stay local; may be called from any thread.</param>
    public KvUploader(KvBlockStore store, IRemoteKvTier remote, RemoteTierOptions? options = null, TimeProvider? time = null, Action<string>? warn = null)
    {
        this.store = store;
        this.remote = remote;
        this.options = options ?? new RemoteTierOptions();
        this.time = time ?? TimeProvider.System;
        this.warn = warn;
        work = Task.Run(RunAsync);
    }

    /// <summary>Bytes that are committed here and not there yet.</summary>
    public long LagBytes
    {
        get
        {
            lock (gate)
            {
                return lagBytes;
            }
        }
    }

    /// <summary>For how long the oldest of them has been waiting.</summary>
    public TimeSpan Lag
    {
        get
        {
            lock (gate)
            {
                return waiting.TryPeek(out var oldest) ? time.GetElapsedTime(oldest.Since) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>
    /// Queues a document's blocks [<paramref name="first"/>, <paramref name="end"/>), and before its first ones the list of all its
    /// blocks. What the tier has already is passed over. Waits while more than the allowed lag is queued.
    /// </summary>
    /// <param name="computedNow">The blocks were not there when the document was looked for, so that asking for each again is not worth it.</param>
    public async Task EnqueueAsync(KvDocumentHandle document, int first, int end, bool computedNow, CancellationToken cancellation)
    {
        while (!HasRoom(out var change))
        {
            await change.WaitAsync(cancellation);
        }

        var keys = document.AllKeys();
        lock (gate)
        {
            if (announced.Add(document.Key))
            {
                Add(new Upload(document.Key, document.Root, document.Key, 0, keys));
            }

            for (var block = first; block < end; block++)
            {
                Add(new Upload(document.Key, document.Root, keys[block], document.BytesOfBlock(block), null) { IsNew = computedNow });
            }
        }
    }

    /// <summary>Returns when all that was queued is there or given up.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        queue.Writer.TryWrite(new Upload(default, default, default, 0, null) { Marker = done });
        await done.Task.WaitAsync(cancellation);
    }

    /// <summary>Stops at once; what was not uploaded is queued again when its document is used.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        queue.Writer.TryComplete();
        await work;
        stop.Dispose();
    }

    private bool HasRoom(out Task change)
    {
        lock (gate)
        {
            change = room.Task;
            return lagBytes <= options.MaxLagBytes;
        }
    }

    private void Add(Upload upload)
    {
        if (queue.Writer.TryWrite(upload))
        {
            waiting.Enqueue((upload.Bytes, time.GetTimestamp()));
            lagBytes += upload.Bytes;
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var upload in queue.Reader.ReadAllAsync(stop.Token))
            {
                if (upload.Marker is { } marker)
                {
                    marker.TrySetResult();
                    continue;
                }

                await UploadAsync(upload);
                Done(upload);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task UploadAsync(Upload upload)
    {
        if (upload.Keys is { } keys)
        {
            // A new use of a document is a new chance.
            givenUp.Remove(upload.Document);
            await PutAsync(upload, RemoteNames.Document(upload.Root, upload.Document), RemoteDocument.Encode(keys));
        }
        else if (!givenUp.Contains(upload.Document) && store.TryReadRecord(upload.Key) is { } record)
        {
            await PutAsync(upload, RemoteNames.Block(upload.Root, upload.Key), record);
        }
    }

    private async Task PutAsync(Upload upload, string name, byte[] content)
    {
        var delay = options.FirstDelay;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (upload.Keys is not null || upload.IsNew || !await HasAsync(name))
                {
                    await remote.PutAsync(name, content, stop.Token);
                }

                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (attempt >= options.Attempts)
                {
                    givenUp.Add(upload.Document);
                    lock (gate)
                    {
                        announced.Remove(upload.Document);
                    }

                    warn?.Invoke($"'{name}' can't be written to the remote KV tier, so the rest of its document stays on this machine: {e.Message}");
                    return;
                }
            }

            await Task.Delay(delay, time, stop.Token);
            delay *= 2;
        }
    }

    private async Task<bool> HasAsync(string name)
    {
        await foreach (var found in remote.ListAsync(name, stop.Token))
        {
            if (string.Equals(found, name, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private void Done(Upload upload)
    {
        lock (gate)
        {
            waiting.TryDequeue(out _);
            lagBytes -= upload.Bytes;
            room.TrySetResult();
            room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed record Upload(KvKey Document, KvKey Root, KvKey Key, long Bytes, IReadOnlyList<KvKey>? Keys)
    {
        public TaskCompletionSource? Marker { get; init; }

        public bool IsNew { get; init; }
    }
}
