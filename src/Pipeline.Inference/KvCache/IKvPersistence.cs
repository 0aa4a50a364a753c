namespace Pipeline.Inference.KvCache;

/// <summary>Keeps the KV cache of documents beyond the process; asked before reading, told while reading.</summary>
public interface IKvPersistence
{
    /// <summary>
    /// Fills an empty <paramref name="sequence"/> with the longest stored beginning of <paramref name="tokens"/>.
    /// Never fails for a bad store: what cannot be restored is computed.
    /// </summary>
    /// <param name="sequence">Empty; gets blocks and length.</param>
    /// <param name="tokens">The document's token ids.</param>
    /// <param name="ropeRegime">Which rotary tables the document uses: keys of one regime are wrong in the other.</param>
    /// <param name="cancellation">Stops restoring.</param>
    /// <returns>Tokens restored: the new length of the sequence.</returns>
    int Restore(KvSequence sequence, IReadOnlyList<int> tokens, int ropeRegime, CancellationToken cancellation);

    /// <summary>
    /// The first <paramref name="length"/> tokens are in <paramref name="sequence"/> now. Called after each chunk on the reading thread;
    /// must return quickly and must not keep the sequence, only blocks (with a reference each).
    /// </summary>
    void OnRead(KvSequence sequence, IReadOnlyList<int> tokens, int ropeRegime, int length);
}
