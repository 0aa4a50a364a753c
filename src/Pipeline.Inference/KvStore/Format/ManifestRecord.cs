namespace Pipeline.Inference.KvStore.Format;

/// <summary>One change of the store, as the manifest holds it.</summary>
internal abstract record ManifestRecord;

/// <summary>Describes a root that blocks of this store hang on.</summary>
internal sealed record NamespaceRecord(KvKey Root, string ModelName, string NumericsClass, string RopeRegime, int BlockTokens, int[] LayerBytes)
    : ManifestRecord;

/// <summary>Commits a block: its record lies in the segment at the offset, whole and flushed.</summary>
internal sealed record BlockRecord(
    KvKey Key, KvKey Parent, KvKey Root, KvKey Document, ulong Segment, long Offset, long Length, ulong HeaderChecksum, long Used, int[] Tokens)
    : ManifestRecord;

/// <summary>
/// Says that a document is being read or was used: its deepest block known so far (the root before the first), and times (Unix
/// milliseconds). The newest record of a document counts, with the oldest time of creation.
/// </summary>
internal sealed record DocumentRecord(KvKey Document, KvKey Root, string Id, string Name, int TotalTokens, KvKey Leaf, long Created, long Used)
    : ManifestRecord;

/// <summary>Takes blocks out.</summary>
internal sealed record RemovalRecord(RemovalReason Reason, KvKey[] Keys) : ManifestRecord;

/// <summary>Takes a document out of the list; its blocks go by <see cref="RemovalRecord"/>.</summary>
internal sealed record ForgottenRecord(KvKey Document) : ManifestRecord;

/// <summary>Why blocks were taken out.</summary>
internal enum RemovalReason : byte
{
    Evicted = 1,
    Quarantined = 2,
    Forgotten = 3,
}
