namespace Pipeline.Inference.KvStore.Files;

/// <summary>
/// The few file operations the store uses, so that a test can stand in for a disk that loses power, is full or is read-only.
/// Writes may be lost until <see cref="IKvFile.Flush"/> returns, and a created, replaced or deleted name until
/// <see cref="SyncDirectory"/> returns; the store assumes nothing else. Failures are <see cref="IOException"/> or
/// <see cref="UnauthorizedAccessException"/>.
/// </summary>
internal interface IKvFileLayer
{
    /// <summary>Creates the directory and its parents, for the user alone where the system has such rights.</summary>
    void CreateDirectory(string path);

    /// <summary>Names of the files in a directory; empty where it does not exist.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Length of a file in bytes, or -1 where there is none.</summary>
    long LengthOf(string path)
    {
        using var file = OpenRead(path);
        return file?.Length ?? -1;
    }

    /// <summary>Opens an existing file for reading, or returns null where there is none.</summary>
    IKvFile? OpenRead(string path);

    /// <summary>Opens a file for reading and writing, creating it where there is none.</summary>
    IKvFile OpenWrite(string path);

    /// <summary>Atomically gives the file <paramref name="from"/> the name <paramref name="to"/>, replacing what had it.</summary>
    void Replace(string from, string to);

    /// <summary>Deletes a file; nothing happens where there is none.</summary>
    void Delete(string path);

    /// <summary>Makes names created, replaced or deleted in a directory durable.</summary>
    void SyncDirectory(string path);

    /// <summary>
    /// Takes a lock file without waiting, and holds it until disposed or the process ends, however it ends.
    /// Returns null while another holder, in this process or another one, is in the way.
    /// </summary>
    /// <param name="path">The lock file; created when it is missing.</param>
    /// <param name="shared">True for a lock that other shared holders may have at the same time.</param>
    IDisposable? TryLock(string path, bool shared);
}

/// <summary>An open file. Offsets and lengths are in bytes.</summary>
internal interface IKvFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads up to <paramref name="buffer"/>'s length; returns fewer bytes only at the end of the file.</summary>
    int Read(long offset, Span<byte> buffer);

    void Write(long offset, ReadOnlySpan<byte> data);

    void SetLength(long length);

    /// <summary>Returns when everything written so far is on the medium.</summary>
    void Flush();
}
