using Pipeline.Attention;
using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.KvStore.Tiers;

/// <summary>
/// Blocks of recent documents in memory, by key. Sequences share them, so a document that is in use costs nothing more. The least
/// recently used go first, the end of a chain before its beginning. Not thread-safe.
/// </summary>
internal sealed class KvMemoryTier(long maxBytes) : IDisposable
{
    private readonly Dictionary<KvKey, LinkedListNode<(KvKey Key, KvBlock Block, long Bytes)>> blocks = [];
    private readonly LinkedList<(KvKey Key, KvBlock Block, long Bytes)> byUse = new();

    public long Bytes { get; private set; }

    /// <summary>Appends to an empty sequence the longest beginning of the chain that is here; returns its tokens.</summary>
    public int Share(IReadOnlyList<KvKey> chain, int tokens, KvSequence sequence)
    {
        var count = 0;
        while (count < chain.Count && blocks.TryGetValue(chain[count], out var node))
        {
            sequence.Share(node.Value.Block, Math.Min(KvLayout.BlockTokens, tokens - (count * KvLayout.BlockTokens)));
            count++;
        }

        Touch(chain.Take(count));
        return sequence.Length;
    }

    /// <summary>Keeps a document's blocks.</summary>
    public void Keep(IReadOnlyList<KvKey> chain, KvSequence sequence)
    {
        var bytes = sequence.Pool.BlockBytes;
        for (var i = 0; i < chain.Count; i++)
        {
            if (!blocks.ContainsKey(chain[i]))
            {
                var block = sequence.Blocks[i];
                block.AddReference();
                blocks.Add(chain[i], byUse.AddLast((chain[i], block, bytes)));
                Bytes += bytes;
            }
        }

        Touch(chain);
        while (Bytes > maxBytes)
        {
            Drop(byUse.First!);
        }
    }

    public void Dispose()
    {
        while (byUse.First is { } node)
        {
            Drop(node);
        }
    }

    private void Touch(IEnumerable<KvKey> chain)
    {
        foreach (var key in chain.Reverse())
        {
            var node = blocks[key];
            byUse.Remove(node);
            byUse.AddLast(node);
        }
    }

    private void Drop(LinkedListNode<(KvKey Key, KvBlock Block, long Bytes)> node)
    {
        byUse.Remove(node);
        blocks.Remove(node.Value.Key);
        Bytes -= node.Value.Bytes;
        node.Value.Block.Release();
    }
}
