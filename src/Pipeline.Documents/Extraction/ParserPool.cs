using System.Collections.Concurrent;

namespace Pipeline.Documents;

/// <summary>Parser processes that wait for documents; at most <see cref="ExtractionOptions.MaxProcesses"/> work at once.</summary>
internal sealed class ParserPool(ExtractionOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentStack<ParserProcess> idle = new();
    private readonly ConcurrentDictionary<ParserProcess, bool> working = new();
    private readonly SemaphoreSlim places = new(options.MaxProcesses);
    private readonly Lazy<ParserCommand> command = new(ParserCommand.Find);
    private volatile bool disposed;

    /// <summary>Processes with a document under way.</summary>
    public IEnumerable<ParserProcess> Working => working.Keys;

    /// <summary>Processes started so far.</summary>
    public int Started => started;

    private int started;

    /// <summary>An idle process or a new one; give it back with <see cref="ReturnAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">No parser process can be started.</exception>
    public async Task<ParserProcess> RentAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        await places.WaitAsync(cancellation);
        try
        {
            while (idle.TryPop(out var parser))
            {
                if (parser.IsUsable)
                {
                    working[parser] = true;
                    return parser;
                }

                await parser.DisposeAsync();
            }

            Interlocked.Increment(ref started);
            var fresh = await ParserProcess.StartAsync(command.Value, options, time, cancellation);
            working[fresh] = true;
            return fresh;
        }
        catch
        {
            places.Release();
            throw;
        }
    }

    /// <summary>Takes a process back; one that failed is ended.</summary>
    public async ValueTask ReturnAsync(ParserProcess parser, bool healthy)
    {
        working.TryRemove(parser, out _);
        if (healthy && !disposed && parser.IsUsable)
        {
            idle.Push(parser);
        }
        else
        {
            await parser.DisposeAsync();
        }

        places.Release();
    }

    public async ValueTask DisposeAsync()
    {
        disposed = true;
        while (idle.TryPop(out var parser))
        {
            await parser.DisposeAsync();
        }
    }
}
