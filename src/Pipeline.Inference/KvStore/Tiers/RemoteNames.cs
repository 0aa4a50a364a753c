namespace Pipeline.Inference.KvStore.Tiers;

/// <summary>
/// Names of a remote tier's blobs. <c>kv1/{root}/b/{block}</c> is a block's record as it lies in a segment;
/// <c>kv1/{root}/d/{document}</c> lists the keys of all blocks a document has or will have, and is written before the first of them,
/// so that whatever lies there can be deleted with its document.
/// </summary>
internal static class RemoteNames
{
    public static string Block(KvKey root, KvKey key) => $"kv{KvNamespace.FormatVersion}/{root}/b/{key}";

    public static string Document(KvKey root, KvKey document) => $"{Documents(root)}{document}";

    public static string Documents(KvKey root) => $"kv{KvNamespace.FormatVersion}/{root}/d/";
}
