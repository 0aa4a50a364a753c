namespace Pipeline.Inference.KvStore.Tiers;

/// <summary>Deletes documents from a remote tier.</summary>
public static class RemoteRemoval
{
    /// <summary>
    /// Deletes a document's blocks, except those another document of the namespace lists, and then its list. Cut off at any point, it
    /// can be repeated. A list that is damaged stops it, since its document's blocks could not be told from others.
    /// </summary>
    /// <returns>Blocks deleted.</returns>
    /// <exception cref="InvalidDataException">A document's list is damaged; the message names it.</exception>
    public static async Task<int> ForgetAsync(IRemoteKvTier remote, KvKey root, KvKey document, CancellationToken cancellation)
    {
        var own = RemoteNames.Document(root, document);
        if (await KeysAsync(remote, own, cancellation) is not { } doomed)
        {
            return 0;
        }

        await foreach (var name in remote.ListAsync(RemoteNames.Documents(root), cancellation))
        {
            if (!string.Equals(name, own, StringComparison.Ordinal) && await KeysAsync(remote, name, cancellation) is { } kept)
            {
                doomed.ExceptWith(kept);
            }
        }

        foreach (var key in doomed)
        {
            await remote.DeleteAsync(RemoteNames.Block(root, key), cancellation);
        }

        await remote.DeleteAsync(own, cancellation);
        return doomed.Count;
    }

    private static async Task<HashSet<KvKey>?> KeysAsync(IRemoteKvTier remote, string name, CancellationToken cancellation) =>
        await remote.GetAsync(name, RemoteDocument.MaxBytes, cancellation) is not { } bytes ? null
        : RemoteDocument.TryDecode(bytes.Span) is { } keys ? [.. keys]
        : throw new InvalidDataException($"The remote KV tier's '{name}' is damaged; delete it, and the blocks beside it that nothing lists, by hand.");
}
