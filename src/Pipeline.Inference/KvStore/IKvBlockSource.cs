namespace Pipeline.Inference.KvStore;

/// <summary>A block in memory that is to be committed. It does not change while the store holds it.</summary>
public interface IKvBlockSource
{
    /// <summary>The block's token ids; fewer than a full block's only in the last block of a document.</summary>
    ReadOnlySpan<int> Tokens { get; }

    /// <summary>One layer's slab, with zeros for the tokens a partial block lacks; valid until the next call.</summary>
    ReadOnlySpan<byte> Layer(int layer);
}
