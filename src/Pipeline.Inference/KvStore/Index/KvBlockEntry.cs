using Pipeline.Inference.KvStore.Format;

namespace Pipeline.Inference.KvStore.Index;

/// <summary>A committed block: what the manifest says of it, and its last use.</summary>
internal sealed class KvBlockEntry(BlockRecord record)
{
    public BlockRecord Record { get; } = record;

    public KvKey Key => Record.Key;

    /// <summary>Unix milliseconds of the newest use of this block or of any block after it.</summary>
    public long LastUsed { get; set; } = record.Used;
}
