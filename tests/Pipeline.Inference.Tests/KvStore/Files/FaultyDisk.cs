using Pipeline.Inference.KvStore.Files;

namespace Pipeline.Inference.Tests.KvStore.Files;

/// <summary>
/// A disk in memory that forgets what was not flushed. Every change is a numbered step; a fault can be set for a step: the power goes,
/// the disk is full from then on, or it is read-only from then on.
/// </summary>
internal sealed class FaultyDisk : IKvFileLayer
{
    private const int Sector = 512;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Inode> names = new(StringComparer.Ordinal);
    private readonly List<(string Path, Inode? Inode)> unsyncedNames = [];
    private readonly Dictionary<string, Inode> durableNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> locks = new(StringComparer.Ordinal);

    /// <summary>Changes made so far.</summary>
    public int Steps { get; private set; }

    /// <summary>The step at which the fault strikes.</summary>
    public int FaultAt { get; set; } = int.MaxValue;

    public Fault Fault { get; set; }

    /// <summary>What was done at each step, for a failing test's message.</summary>
    public List<string> Journal { get; } = [];

    public IReadOnlyCollection<string> Paths
    {
        get
        {
            lock (gate)
            {
                return [.. names.Keys];
            }
        }
    }

    /// <summary>The disk as the machine finds it when the power is back.</summary>
    /// <param name="luck">Decides which unflushed sectors and name changes reached the medium; null for none of them.</param>
    public FaultyDisk AfterPowerLoss(Random? luck)
    {
        var disk = new FaultyDisk();
        var survivors = new Dictionary<string, Inode>(durableNames, StringComparer.Ordinal);
        if (luck is not null)
        {
            // A journalling file system keeps the order of name changes: a beginning of them survives.
            foreach (var (path, inode) in unsyncedNames.Take(luck.Next(unsyncedNames.Count + 1)))
            {
                SetName(survivors, path, inode);
            }
        }

        foreach (var (path, inode) in survivors)
        {
            var copy = new Inode { Content = inode.AfterPowerLoss(luck) };
            copy.Durable = [.. copy.Content];
            disk.names[path] = copy;
            disk.durableNames[path] = copy;
        }

        return disk;
    }

    /// <summary>Another disk with the same files.</summary>
    public FaultyDisk Copy()
    {
        var disk = new FaultyDisk();
        foreach (var (path, inode) in names)
        {
            disk.names[path] = disk.durableNames[path] = new Inode { Content = [.. inode.Content], Durable = [.. inode.Content] };
        }

        return disk;
    }

    /// <summary>A file's bytes, to damage them.</summary>
    public byte[] ContentOf(string path) => names[path].Content;

    public void SetContent(string path, byte[] content) => names[path].Content = content;

    public void CreateDirectory(string path)
    {
    }

    public IReadOnlyList<string> List(string directory)
    {
        lock (gate)
        {
            return [.. names.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        }
    }

    public IKvFile? OpenRead(string path)
    {
        lock (gate)
        {
            return names.TryGetValue(path, out var inode) ? new OpenFile(this, inode, path) : null;
        }
    }

    public IKvFile OpenWrite(string path)
    {
        lock (gate)
        {
            if (!names.TryGetValue(path, out var inode))
            {
                Step($"create {path}");
                SetName(path, inode = new Inode());
            }
            else if (Fault == Fault.ReadOnly && Steps >= FaultAt)
            {
                throw new UnauthorizedAccessException("read-only (injected)");
            }

            return new OpenFile(this, inode, path);
        }
    }

    public void Replace(string from, string to)
    {
        lock (gate)
        {
            Step($"rename {from} {to}");
            var inode = names[from];
            SetName(to, inode);
            SetName(from, null);
        }
    }

    public void Delete(string path)
    {
        lock (gate)
        {
            if (names.ContainsKey(path))
            {
                Step($"delete {path}");
                SetName(path, null);
            }
        }
    }

    public void SyncDirectory(string path)
    {
        lock (gate)
        {
            Step($"sync {path}");
            foreach (var (name, inode) in unsyncedNames.Where(change => Path.GetDirectoryName(change.Path) == path))
            {
                SetName(durableNames, name, inode);
            }

            unsyncedNames.RemoveAll(change => Path.GetDirectoryName(change.Path) == path);
        }
    }

    public IDisposable? TryLock(string path, bool shared)
    {
        lock (gate)
        {
            if (Fault == Fault.ReadOnly && Steps >= FaultAt)
            {
                throw new UnauthorizedAccessException("read-only (injected)");
            }

            const int Exclusive = -1;
            var held = locks.GetValueOrDefault(path);
            if (held == Exclusive || (held > 0 && !shared))
            {
                return null;
            }

            locks[path] = shared ? held + 1 : Exclusive;
            return new Unlock(() =>
            {
                lock (gate)
                {
                    locks[path] = shared ? locks[path] - 1 : 0;
                }
            });
        }
    }

    private void Step(string what)
    {
        if (Steps >= FaultAt && Fault != Fault.DiskFull)
        {
            throw Fault == Fault.PowerLoss ? new PowerLostException() : new UnauthorizedAccessException("read-only (injected)");
        }

        Steps++;
        Journal.Add(what);
    }

    private void SetName(string path, Inode? inode)
    {
        SetName(names, path, inode);
        unsyncedNames.Add((path, inode));
    }

    private static void SetName(Dictionary<string, Inode> names, string path, Inode? inode)
    {
        if (inode is null)
        {
            names.Remove(path);
        }
        else
        {
            names[path] = inode;
        }
    }

    private sealed class Inode
    {
        public byte[] Content { get; set; } = [];

        public byte[] Durable { get; set; } = [];

        public byte[] AfterPowerLoss(Random? luck)
        {
            if (luck is null)
            {
                return [.. Durable];
            }

            var length = luck.Next(2) == 0 ? Durable.Length : Content.Length;
            var result = new byte[length];
            for (var at = 0; at < length; at += Sector)
            {
                var source = luck.Next(2) == 0 ? Content : Durable;
                var count = Math.Min(Sector, Math.Min(length, source.Length) - at);
                if (count > 0)
                {
                    source.AsSpan(at, count).CopyTo(result.AsSpan(at));
                }
            }

            return result;
        }
    }

    private sealed class OpenFile(FaultyDisk disk, Inode inode, string path) : IKvFile
    {
        public long Length => inode.Content.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            lock (disk.gate)
            {
                var count = (int)Math.Clamp(inode.Content.Length - offset, 0, buffer.Length);
                inode.Content.AsSpan((int)Math.Min(offset, inode.Content.Length), count).CopyTo(buffer);
                return count;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> data)
        {
            lock (disk.gate)
            {
                disk.Step($"write {path} {offset} {data.Length}");
                var count = data.Length;
                var full = disk.Fault == Fault.DiskFull && disk.Steps > disk.FaultAt;
                if (full)
                {
                    // A full disk takes the beginning of a write.
                    count /= 2;
                }

                if (inode.Content.Length < offset + count)
                {
                    var grown = inode.Content;
                    Array.Resize(ref grown, (int)offset + count);
                    inode.Content = grown;
                }
                else
                {
                    inode.Content = [.. inode.Content];
                }

                data[..count].CopyTo(inode.Content.AsSpan((int)offset));
                if (full)
                {
                    throw new IOException("No space left on device (injected)");
                }
            }
        }

        public void SetLength(long length)
        {
            lock (disk.gate)
            {
                disk.Step($"length {path} {length}");
                var content = inode.Content;
                Array.Resize(ref content, (int)length);
                inode.Content = content;
            }
        }

        public void Flush()
        {
            lock (disk.gate)
            {
                disk.Step($"flush {path}");
                inode.Durable = [.. inode.Content];
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class Unlock(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}

internal enum Fault
{
    PowerLoss,
    DiskFull,
    ReadOnly,
}

/// <summary>The process is gone from here on; nobody may catch it but the test.</summary>
internal sealed class PowerLostException() : Exception("power lost (injected)");
