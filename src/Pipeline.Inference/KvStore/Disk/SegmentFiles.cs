using System.Globalization;
using System.Security.Cryptography;
using Pipeline.Inference.KvStore.Files;
using Pipeline.Inference.KvStore.Format;
using Pipeline.Inference.KvStore.Index;

namespace Pipeline.Inference.KvStore.Disk;

/// <summary>
/// The segment files. Each holds blocks of one chain in the order in which they were committed, so what eviction takes (leaves first)
/// is nearly always its end, and space comes back by cutting the file, without moving anything.
/// </summary>
internal sealed class SegmentFiles(StoreCore core)
{
    private const string Extension = ".kv";
    private const string LockExtension = ".lock";

    public string Directory { get; } = Path.Combine(core.Root, "segments");

    public string PathOf(ulong segment) => Path.Combine(Directory, segment.ToString("x16", CultureInfo.InvariantCulture) + Extension);

    /// <summary>A new segment's number and the lock that says that somebody is writing it.</summary>
    public (ulong Segment, IDisposable Writing) Reserve()
    {
        while (true)
        {
            var segment = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
            if (core.Files.TryLock(LockPathOf(segment), shared: false) is { } writing)
            {
                return (segment, writing);
            }
        }
    }

    /// <summary>Ends the writing of a segment.</summary>
    public void Release(ulong segment, IDisposable writing)
    {
        writing.Dispose();
        try
        {
            core.Files.Delete(LockPathOf(segment));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            core.Warn($"'{LockPathOf(segment)}' can't be deleted: {e.Message}");
        }
    }

    /// <summary>Takes blocks out whose segment is gone or too short. Called under the store's lock, or while it is only read.</summary>
    public void DropMissing()
    {
        foreach (var group in core.Index.Blocks.GroupBy(entry => entry.Record.Segment).ToList())
        {
            var length = core.Files.LengthOf(PathOf(group.Key));

            var lost = group.Where(entry => entry.Record.Offset + entry.Record.Length > length).Select(entry => entry.Key).ToList();
            if (lost.Count == 0)
            {
                continue;
            }

            core.Warn($"'{PathOf(group.Key)}' is {(length < 0 ? "missing" : "cut short")}; {lost.Count} blocks are read again when they are needed.");
            var removals = StoreCore.Removals(RemovalReason.Quarantined, lost);
            if (core.IsReadOnly)
            {
                removals.ForEach(core.Index.Apply);
            }
            else
            {
                core.Commit(removals);
            }
        }
    }

    /// <summary>Reads all committed blocks of a segment and returns those that fail a checksum. The index is held still.</summary>
    public List<KvBlockEntry> FindDamaged(ulong segment)
    {
        var entries = core.Index.Blocks.Where(entry => entry.Record.Segment == segment).ToList();
        try
        {
            using var file = core.Files.OpenRead(PathOf(segment));
            return file is null ? entries : entries.FindAll(entry => !IsWhole(file, entry.Record));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return entries;
        }
    }

    /// <summary>
    /// Deletes segments nothing refers to, and cuts off what lies behind a segment's last committed block: pruned blocks, and what a
    /// killed writer left. Segments that are being written are passed over. Called under the store's lock.
    /// </summary>
    /// <param name="eraseGaps">True to overwrite with zeros what lies between committed blocks and belongs to none.</param>
    /// <param name="only">The segments to look at; all when null.</param>
    /// <returns>Bytes deleted and cut off.</returns>
    public long Reclaim(bool eraseGaps, IReadOnlySet<ulong>? only = null)
    {
        var bytes = 0L;
        var live = core.Index.Blocks.ToLookup(entry => entry.Record.Segment);
        foreach (var name in core.Files.List(Directory))
        {
            if (!TryParse(name, out var segment) || only?.Contains(segment) == false)
            {
                continue;
            }

            using (var idle = core.Files.TryLock(LockPathOf(segment), shared: false))
            {
                if (idle is null)
                {
                    continue;
                }

                if (name.EndsWith(Extension, StringComparison.Ordinal))
                {
                    bytes += Reclaim(segment, [.. live[segment]], eraseGaps);
                }
            }

            core.Files.Delete(LockPathOf(segment));
        }

        return bytes;
    }

    private static bool IsWhole(IKvFile file, BlockRecord record)
    {
        var bytes = new byte[record.Length];
        try
        {
            return file.Read(record.Offset, bytes) == bytes.Length && BlockRecordBytes.IsWhole(bytes, record.Key);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private long Reclaim(ulong segment, List<KvBlockEntry> live, bool eraseGaps)
    {
        var path = PathOf(segment);
        if (live.Count == 0)
        {
            var all = core.Files.LengthOf(path);
            core.Files.Delete(path);
            return all;
        }

        using var file = core.Files.OpenWrite(path);
        var end = 0L;
        var erased = false;
        foreach (var entry in live.OrderBy(entry => entry.Record.Offset))
        {
            if (eraseGaps && entry.Record.Offset > end)
            {
                Erase(file, end, entry.Record.Offset);
                erased = true;
            }

            end = Math.Max(end, entry.Record.Offset + entry.Record.Length);
        }

        var surplus = Math.Max(0, file.Length - end);
        if (surplus > 0)
        {
            file.SetLength(end);
        }

        if (erased)
        {
            file.Flush();
        }

        return surplus;
    }

    private static void Erase(IKvFile file, long from, long to)
    {
        var zeros = new byte[Math.Min(to - from, 1 << 20)];
        for (var at = from; at < to; at += zeros.Length)
        {
            file.Write(at, zeros.AsSpan(0, (int)Math.Min(zeros.Length, to - at)));
        }
    }

    private string LockPathOf(ulong segment) => Path.ChangeExtension(PathOf(segment), LockExtension);

    private static bool TryParse(string name, out ulong segment)
    {
        segment = 0;
        return Path.GetExtension(name) is Extension or LockExtension
            && name.IndexOf('.', StringComparison.Ordinal) == 16
            && ulong.TryParse(name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out segment);
    }
}
