using System.Diagnostics;
using Pipeline.Inference.KvStore.Files;

namespace Pipeline.Inference.KvReader;

/// <summary>The real file system in a process that dies right before the file change of a given number.</summary>
internal sealed class SelfKillingFileLayer(IKvFileLayer files, int killAt) : IKvFileLayer
{
    private int steps;

    /// <summary>Changes made so far.</summary>
    public int Steps => steps;

    public void CreateDirectory(string path) => files.CreateDirectory(path);

    public IReadOnlyList<string> List(string directory) => files.List(directory);

    public IKvFile? OpenRead(string path) => files.OpenRead(path);

    public IKvFile OpenWrite(string path)
    {
        Step();
        return new CountedFile(this, files.OpenWrite(path));
    }

    public void Replace(string from, string to)
    {
        Step();
        files.Replace(from, to);
    }

    public void Delete(string path)
    {
        Step();
        files.Delete(path);
    }

    public void SyncDirectory(string path)
    {
        Step();
        files.SyncDirectory(path);
    }

    public IDisposable? TryLock(string path, bool shared) => files.TryLock(path, shared);

    private void Step()
    {
        if (Interlocked.Increment(ref steps) > killAt)
        {
            Process.GetCurrentProcess().Kill();
            CancellationToken.None.WaitHandle.WaitOne();
        }
    }

    private sealed class CountedFile(SelfKillingFileLayer owner, IKvFile file) : IKvFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> data)
        {
            owner.Step();
            // The first half of a write is on its way when the process dies in the middle of it.
            file.Write(offset, data[..(data.Length / 2)]);
            owner.Step();
            file.Write(offset + (data.Length / 2), data[(data.Length / 2)..]);
        }

        public void SetLength(long length)
        {
            owner.Step();
            file.SetLength(length);
        }

        public void Flush()
        {
            owner.Step();
            file.Flush();
        }

        public void Dispose() => file.Dispose();
    }
}
