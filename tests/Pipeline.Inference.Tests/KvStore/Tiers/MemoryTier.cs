using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Pipeline.Inference.KvStore.Tiers;

namespace Pipeline.Inference.Tests.KvStore.Tiers;

/// <summary>A remote tier in memory that can be out of reach.</summary>
internal sealed class MemoryTier : IRemoteKvTier
{
    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Puts { get; } = new();

    /// <summary>Puts that fail before one succeeds.</summary>
    public int FailuresLeft { get; set; }

    public bool IsDown { get; set; }

    public TaskCompletionSource? Hold { get; set; }

    public Task<ReadOnlyMemory<byte>?> GetAsync(string name, long maxBytes, CancellationToken cancellation)
    {
        ThrowIfDown();
        return Task.FromResult(Blobs.TryGetValue(name, out var blob) && blob.Length <= maxBytes ? new ReadOnlyMemory<byte>(blob) : (ReadOnlyMemory<byte>?)null);
    }

    public async Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        if (Hold is { } hold)
        {
            await hold.Task.WaitAsync(cancellation);
        }

        ThrowIfDown();
        if (FailuresLeft > 0)
        {
            FailuresLeft--;
            throw new HttpRequestException("503");
        }

        Puts.Enqueue(name);
        Blobs.TryAdd(name, content.ToArray());
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.Yield();
        foreach (var name in Blobs.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            yield return name;
        }
    }

    public Task DeleteAsync(string name, CancellationToken cancellation)
    {
        ThrowIfDown();
        Blobs.TryRemove(name, out _);
        return Task.CompletedTask;
    }

    private void ThrowIfDown()
    {
        if (IsDown)
        {
            throw new HttpRequestException("unreachable");
        }
    }
}
