using System.IO.Hashing;
using System.Security.Cryptography;
using Pipeline.Inference.KvStore.Files;
using Pipeline.Inference.KvStore.Index;

namespace Pipeline.Inference.KvStore.Format;

/// <summary>
/// The manifest file: a head (magic 8, format version 4, zero 4, generation 8, XxHash3 8), then frames. Records are only ever
/// appended, under the store's lock; a rewrite puts a new file with another generation in its place. Keeps an index up to date.
/// </summary>
internal sealed class ManifestFile(IKvFileLayer files, string directory, KvIndex index, Action<string> warn)
{
    private const ulong Magic = 0x31_4E_41_4D_56_4B_4C_50; // "PLKVMAN1"
    private const int HeadBytes = 32;
    private const long MaxBytes = 1L << 30;
    private readonly string path = System.IO.Path.Combine(directory, "manifest");
    private ulong generation;
    private long position;
    private int frames;

    public string Path => path;

    /// <summary>Frames in the file, live and superseded.</summary>
    public int Frames => frames;

    /// <summary>True after a read that met damage before the tail, which only a rewrite takes away.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Applies what was appended since the last call.</summary>
    /// <param name="locked">
    /// True when the store's lock is held or the store is read-only: what can't be read then is damage or a torn tail, and not another
    /// process's unfinished write.
    /// </param>
    /// <returns>Bytes of a torn tail after the last whole frame, which the holder of the lock must cut off before it appends.</returns>
    public long CatchUp(bool locked)
    {
        using var file = files.OpenRead(path);
        if (file is null)
        {
            Restart(0);
            return 0;
        }

        var length = file.Length;
        var headIsWhole = TryReadHead(file, out var current);
        if (!headIsWhole && !locked)
        {
            return 0;
        }

        if (!headIsWhole && length > HeadBytes && !IsDamaged)
        {
            warn($"The head of '{path}' is damaged; its records are read nevertheless.");
            IsDamaged = true;
            Restart(current);
        }
        else if (!headIsWhole && length <= HeadBytes)
        {
            // A crash while the file was created; nothing was committed yet.
            Restart(0);
            return length;
        }

        if (position == 0 || current != generation || length < position)
        {
            Restart(current);
            position = HeadBytes;
        }

        return length > position ? ReadFrames(file, length, locked) : 0;
    }

    /// <summary>Appends and flushes records, applies them, and so commits them. The caller holds the lock and has caught up.</summary>
    /// <param name="records">The records, in order.</param>
    /// <param name="durable">False where losing the records in a power failure does no harm (times of use).</param>
    public void Append(IReadOnlyList<ManifestRecord> records, bool durable = true)
    {
        if (position == 0)
        {
            Rewrite();
        }

        using var file = files.OpenWrite(path);
        var bytes = new MemoryStream();
        foreach (var record in records)
        {
            bytes.Write(ManifestFrame.Encode(record));
        }

        try
        {
            file.Write(position, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            if (durable)
            {
                file.Flush();
            }
        }
        catch (IOException)
        {
            // A record that could not be flushed must not be read as committed by anyone.
            TryCut(file);
            throw;
        }

        position += bytes.Length;
        frames += records.Count;
        foreach (var record in records)
        {
            index.Apply(record);
        }
    }

    /// <summary>Cuts a torn tail off. The caller holds the lock.</summary>
    public void DropTail(long bytes)
    {
        using var file = files.OpenWrite(path);
        if (position == 0)
        {
            file.SetLength(0);
        }
        else
        {
            warn($"The last {bytes} bytes of '{path}' are no whole record (a crash while writing, or damage) and are dropped.");
            file.SetLength(position);
        }

        file.Flush();
    }

    /// <summary>Writes the index as a new manifest in the place of the old one. The caller holds the lock.</summary>
    public void Rewrite()
    {
        var fresh = path + ".new";
        var records = Snapshot();
        var next = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var bytes = new MemoryStream();
        bytes.Write(Head(next));
        foreach (var record in records)
        {
            bytes.Write(ManifestFrame.Encode(record));
        }

        using (var file = files.OpenWrite(fresh))
        {
            file.SetLength(0);
            file.Write(0, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            file.Flush();
        }

        files.Replace(fresh, path);
        files.SyncDirectory(directory);
        generation = next;
        position = bytes.Length;
        frames = records.Count;
        IsDamaged = false;
    }

    private List<ManifestRecord> Snapshot() =>
    [
        .. index.Namespaces.Values,
        .. index.Blocks.Select(entry => entry.Record with { Used = entry.LastUsed }),
        .. index.Documents,
    ];

    private long ReadFrames(IKvFile file, long length, bool locked)
    {
        var start = position;
        if (length - start > MaxBytes)
        {
            throw new InvalidDataException($"'{path}' has {length} bytes, more than any store writes; delete it to start anew.");
        }

        var bytes = new byte[length - start];
        var source = bytes.AsSpan(0, file.Read(start, bytes));
        var at = 0;
        while (at < source.Length)
        {
            var record = ManifestFrame.TryDecode(source[at..], out var frame);
            if (record is null)
            {
                var next = locked ? ManifestFrame.FindNext(source, at + 1) : -1;
                if (next < 0)
                {
                    break;
                }

                warn($"'{path}' is damaged at byte {start + at}; {next - at} bytes are passed over, and what they named is read again.");
                IsDamaged = true;
                at = next;
                continue;
            }

            index.Apply(record);
            frames++;
            at += frame;
            position = start + at;
        }

        return source.Length - at;
    }

    private void Restart(ulong current)
    {
        index.Clear();
        generation = current;
        position = 0;
        frames = 0;
    }

    private void TryCut(IKvFile file)
    {
        try
        {
            file.SetLength(position);
        }
        catch (IOException)
        {
            // The next holder of the lock meets the tail and cuts it.
        }
    }

    private static bool TryReadHead(IKvFile file, out ulong generation)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        generation = 0;
        if (file.Read(0, head) < HeadBytes)
        {
            return false;
        }

        var reader = new SpanReader(head);
        var magic = reader.UInt64();
        var version = reader.Int32();
        reader.Int32();
        generation = reader.UInt64();
        return reader.UInt64() == XxHash3.HashToUInt64(head[..24]) && magic == Magic && version == KvNamespace.FormatVersion;
    }

    private static byte[] Head(ulong generation)
    {
        var head = new byte[HeadBytes];
        var writer = new SpanWriter(head);
        writer.UInt64(Magic);
        writer.Int32(KvNamespace.FormatVersion);
        writer.Int32(0);
        writer.UInt64(generation);
        writer.UInt64(XxHash3.HashToUInt64(head.AsSpan(0, 24)));
        return head;
    }
}
