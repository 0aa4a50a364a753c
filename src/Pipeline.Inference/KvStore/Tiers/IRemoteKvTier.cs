namespace Pipeline.Inference.KvStore.Tiers;

/// <summary>
/// A place for immutable blobs that other machines see too, for example a blob container. Names consist of lower-case letters, digits,
/// <c>-</c> and <c>/</c>, and have at most 160 characters. A name stands for its content: whoever writes the same name writes the same
/// bytes, so a second write may be dropped. Content is checked after it was read; the tier need not. All methods may be called at the
/// same time. Any exception other than cancellation means that the tier is out of reach just now; the caller does without it.
/// </summary>
public interface IRemoteKvTier
{
    /// <summary>Reads a blob, or returns null where there is none.</summary>
    /// <param name="name">The blob's name.</param>
    /// <param name="maxBytes">A longer blob is not one of ours; return null.</param>
    /// <param name="cancellation">Stops the reading.</param>
    Task<ReadOnlyMemory<byte>?> GetAsync(string name, long maxBytes, CancellationToken cancellation);

    /// <summary>Writes a blob, all of it or nothing; it is durable when the task ends. An existing blob of the name stays as it is.</summary>
    Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Names that begin with <paramref name="prefix"/>, in any order.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>Deletes a blob; nothing happens where there is none.</summary>
    Task DeleteAsync(string name, CancellationToken cancellation);
}
