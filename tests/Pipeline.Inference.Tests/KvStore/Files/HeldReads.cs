using Pipeline.Inference.KvStore.Files;
using Pipeline.Inference.KvStore.Format;

namespace Pipeline.Inference.Tests.KvStore.Files;

/// <summary>A disk that lets nobody read keys and values until it is told to, or only the first few.</summary>
internal sealed class HeldReads(IKvFileLayer files) : IKvFileLayer, IDisposable
{
    private readonly ManualResetEventSlim open = new(initialState: true);
    private int free;
    private int waiting;

    /// <summary>Whether some read waits.</summary>
    public bool IsHolding => Volatile.Read(ref waiting) > 0;

    /// <summary>Holds all reads of keys and values but the first <paramref name="count"/>.</summary>
    public void HoldAfter(int count)
    {
        free = count;
        open.Reset();
    }

    public void LetGo() => open.Set();

    public void Dispose()
    {
        open.Set();
        open.Dispose();
    }

    public void CreateDirectory(string path) => files.CreateDirectory(path);

    public IReadOnlyList<string> List(string directory) => files.List(directory);

    public IKvFile? OpenRead(string path) => files.OpenRead(path) is { } file ? new HeldFile(this, file) : null;

    public IKvFile OpenWrite(string path) => files.OpenWrite(path);

    public void Replace(string from, string to) => files.Replace(from, to);

    public void Delete(string path) => files.Delete(path);

    public void SyncDirectory(string path) => files.SyncDirectory(path);

    public IDisposable? TryLock(string path, bool shared) => files.TryLock(path, shared);

    private sealed class HeldFile(HeldReads owner, IKvFile file) : IKvFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            // Headers are a page; slabs of these tests are more.
            if (buffer.Length > BlockHeader.Page && !owner.open.IsSet)
            {
                if (Interlocked.Decrement(ref owner.free) < 0)
                {
                    Interlocked.Increment(ref owner.waiting);
                    owner.open.Wait();
                    Interlocked.Decrement(ref owner.waiting);
                }
            }

            return file.Read(offset, buffer);
        }

        public void Write(long offset, ReadOnlySpan<byte> data) => file.Write(offset, data);

        public void SetLength(long length) => file.SetLength(length);

        public void Flush() => file.Flush();

        public void Dispose() => file.Dispose();
    }
}
