using Pipeline.Inference.KvStore.Format;

namespace Pipeline.Inference.KvStore.Tiers;

/// <summary>Fetches what a local chain lacks from a remote tier into the local store.</summary>
public static class RemoteChain
{
    /// <summary>
    /// Fetches blocks that follow the last one the writer committed until one is missing or not what it should be, and commits them.
    /// A tier out of reach is a miss.
    /// </summary>
    /// <returns>Blocks fetched.</returns>
    public static async Task<int> FetchAsync(
        KvDocumentHandle document, KvChainWriter writer, IRemoteKvTier remote, RemoteTierOptions options, Action<string>? warn, CancellationToken cancellation)
    {
        var keys = document.AllKeys();
        var first = writer.TokenCount / document.Namespace.Layout.BlockTokens;
        var maxBytes = BlockHeader.RecordBytesOf(document.Namespace.Layout.BlockTokens, document.Namespace.Layout.LayerBytes);
        var ahead = new Queue<Task<ReadOnlyMemory<byte>?>>();
        var next = first;
        var fetched = 0;
        try
        {
            for (var block = first; block < keys.Count; block++)
            {
                // A document that is not there at all, the usual case, costs one question.
                for (; next < keys.Count && ahead.Count < (fetched > 0 ? options.ReadAhead : 1); next++)
                {
                    ahead.Enqueue(remote.GetAsync(RemoteNames.Block(document.Root, keys[next]), maxBytes, cancellation));
                }

                var bytes = await ahead.Dequeue();
                if (bytes is null || BlockRecordBytes.TryDecode(bytes.Value.Span) is not { } header || !document.IsBlock(header, block))
                {
                    break;
                }

                writer.Append([new FetchedBlock(header, bytes.Value)]);
                fetched++;
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            warn?.Invoke($"The remote KV tier can't be used: {e.Message}");
        }
        finally
        {
            // Nobody waits for what was read ahead in vain, but its failures must not go unobserved.
            foreach (var task in ahead)
            {
                _ = task.ContinueWith(static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }

        return fetched;
    }

    private sealed class FetchedBlock(BlockHeader header, ReadOnlyMemory<byte> record) : IKvBlockSource
    {
        public ReadOnlySpan<int> Tokens => header.Tokens;

        public ReadOnlySpan<byte> Layer(int layer) => record.Span.Slice(header.HeaderBytes + header.LayerBytes.Take(layer).Sum(), header.LayerBytes[layer]);
    }
}
