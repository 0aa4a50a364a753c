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

    /// <summary>Takes the place for a record behind the others.</summary>
    public (ulong Segment, long Offset) Reserve(long bytes)
    {
        if (file is null || (position > 0 && position + bytes > core.Options.SegmentBytes))
        {
            Roll();
        }

        position += bytes;
        return (segment, position - bytes);
    }

    /// <summary>Writes a part of the record whose place was taken last; <see cref="Flush"/> makes it durable.</summary>
    public void Write(long offset, ReadOnlySpan<byte> part) => file!.Write(offset, part);

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
