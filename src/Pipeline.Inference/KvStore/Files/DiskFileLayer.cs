using Microsoft.Win32.SafeHandles;

namespace Pipeline.Inference.KvStore.Files;

/// <summary>The real file system.</summary>
internal sealed class DiskFileLayer : IKvFileLayer
{
    public static DiskFileLayer Instance { get; } = new();

    // A KV cache can reconstruct its document, so nobody but the owner may read the files.
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int SharingViolationWindows = unchecked((int)0x80070020);

    public void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    public IReadOnlyList<string> List(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path))] : [];

    public IKvFile? OpenRead(string path)
    {
        try
        {
            return new DiskFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public IKvFile OpenWrite(string path)
    {
        var isNew = !File.Exists(path);
        var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (isNew && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, OwnerOnly);
        }

        return new DiskFile(handle);
    }

    public void Replace(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // The name is gone, which is what was asked for.
        }
    }

    public void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            UnixDirectory.Sync(path);
        }
    }

    public IDisposable? TryLock(string path, bool shared)
    {
        try
        {
            // .NET maps FileShare.None to an exclusive and FileShare.Read to a shared flock, which end with the process.
            return File.OpenHandle(
                path,
                FileMode.OpenOrCreate,
                shared ? FileAccess.Read : FileAccess.ReadWrite,
                shared ? FileShare.Read : FileShare.None);
        }
        catch (IOException e) when (e.HResult is WouldBlockLinux or WouldBlockMac or SharingViolationWindows)
        {
            return null;
        }
    }

    private sealed class DiskFile(SafeFileHandle handle) : IKvFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> buffer)
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var read = RandomAccess.Read(handle, buffer[total..], offset + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }

        public void Write(long offset, ReadOnlySpan<byte> data) => RandomAccess.Write(handle, data, offset);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }
}
