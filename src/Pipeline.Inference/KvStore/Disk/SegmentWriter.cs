using Pipeline.Inference.KvStore.Files;

namespace Pipeline.Inference.KvStore.Disk;

/// <summary>Appends records to segments of bounded size, one writer's own.</summary>
internal sealed class SegmentWriter(StoreCore core) : IDisposable
{
    private IKvFile? file;
    private IDisposable? writing;
    private ulong segment;
    private long position;
    private bool isNew;

    /// <summary>Writes a record behind the others; <see cref="Flush"/> makes it durable.</summary>
    /// <returns>Where it lies.</returns>
    public (ulong Segment, long Offset) Write(ReadOnlySpan<byte> record)
    {
        if (file is null || (position > 0 && position + record.Length > core.Options.SegmentBytes))
        {
            Roll();
        }

        var offset = position;
        file!.Write(offset, record);
        position += record.Length;
        return (segment, offset);
    }

    /// <summary>Returns when all records are on the medium.</summary>
    public void Flush()
    {
        file?.Flush();
        if (isNew)
        {
            core.Files.SyncDirectory(core.Segments.Directory);
            isNew = false;
        }
    }

    public void Dispose() => Close();

    private void Roll()
    {
        if (file is not null)
        {
            Flush();
        }

        Close();
        (segment, writing) = core.Segments.Reserve();
        file = core.Files.OpenWrite(core.Segments.PathOf(segment));
        position = 0;
        isNew = true;
    }

    private void Close()
    {
        file?.Dispose();
        file = null;
        if (writing is not null)
        {
            core.Segments.Release(segment, writing);
            writing = null;
        }
    }
}
