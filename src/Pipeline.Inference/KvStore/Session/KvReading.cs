using Pipeline.Attention;
using Pipeline.Inference.KvCache;
using Pipeline.Inference.KvStore.Tiers;

namespace Pipeline.Inference.KvStore;

/// <summary>One document's way from the tiers into a sequence, and of what is computed into the tiers.</summary>
internal sealed class KvReading(
    KvBlockStore store, KvDocumentHandle document, KvPersistenceOptions options, KvMemoryTier? memory, KvUploader? uploader) : IDisposable
{
    private const int PollMilliseconds = 20;
    private readonly IReadOnlyList<KvKey> keys = document.AllKeys();
    private KvBackgroundWriter? writer;
    private int posted;
    private int restored;
    private int computed;
    private long computingSince;
    private TimeSpan computing;

    /// <summary>Fills the sequence with the longest beginning any tier has; returns its tokens.</summary>
    public int Restore(KvSequence sequence, CancellationToken cancellation)
    {
        var inMemory = memory?.Share(keys, document.TokenCount, sequence) ?? 0;
        if (inMemory < document.TokenCount)
        {
            using var chain = OpenChain(out var start, cancellation);
            try
            {
                RestoreFromDisk(chain, inMemory, sequence, cancellation);
            }
            catch
            {
                start?.Dispose();
                throw;
            }

            StartWriting(start, chain);
            document.NoteUse(chain);
        }

        restored = sequence.Length;
        computingSince = options.Time.GetTimestamp();
        if (restored == document.TokenCount)
        {
            // What a crash kept from being uploaded has its second chance with each use.
            Upload(0, keys.Count, computedNow: false);
            Keep(sequence);
        }

        return restored;
    }

    /// <summary>Posts the blocks that are complete now.</summary>
    public void OnRead(KvSequence sequence, int length)
    {
        computing += options.Time.GetElapsedTime(computingSince);
        computed = length - restored;
        var isLast = length == document.TokenCount;
        var end = isLast ? keys.Count : length / KvLayout.BlockTokens;
        if (writer is not null && end > posted)
        {
            writer.Post([.. Enumerable.Range(posted, end - posted).Select(block => new SequenceBlock(sequence, document, block))]);
            posted = end;
        }

        if (isLast)
        {
            writer?.Complete();
            Keep(sequence);
            if (computed >= KvLayout.BlockTokens)
            {
                store.Rates.NoteComputed(document.Root, computed, computing);
            }
        }

        computingSince = options.Time.GetTimestamp();
    }

    /// <summary>Ends the keeping and waits for the commits.</summary>
    public void Flush()
    {
        writer?.Dispose();
        writer = null;
    }

    public void Dispose()
    {
        Flush();
        document.Dispose();
    }

    private KvChain OpenChain(out KvChainWriter? start, CancellationToken cancellation)
    {
        start = null;
        var chain = document.Find();
        if (chain.TokenCount == document.TokenCount)
        {
            return chain;
        }

        start = document.TryWrite(chain);
        if (start is null && document.IsBeingWritten && options.WhenBusy == KvBusyPolicy.Wait)
        {
            options.OnWarning?.Invoke("Another process is reading this document; waiting for it to get the reading done once.");
            while (start is null && document.IsBeingWritten)
            {
                cancellation.WaitHandle.WaitOne(PollMilliseconds);
                cancellation.ThrowIfCancellationRequested();
            }

            chain.Dispose();
            chain = document.Find();
            start = chain.TokenCount == document.TokenCount ? null : document.TryWrite(chain);
        }

        if (start is not null && options.Remote is { } remote
            && RemoteChain.FetchAsync(document, start, remote, options.RemoteOptions, options.OnWarning, cancellation).GetAwaiter().GetResult() > 0)
        {
            chain.Dispose();
            chain = document.Find();
        }

        return chain;
    }

    private void StartWriting(KvChainWriter? start, KvChain chain)
    {
        if (start is null ? chain.TokenCount < document.TokenCount && !document.IsBeingWritten : chain.TokenCount < start.TokenCount)
        {
            // A block turned out damaged while it was restored: writing begins where it was.
            start?.Dispose();
            start = document.TryWrite(chain);
        }

        if (start is not null && start.TokenCount == document.TokenCount)
        {
            start.Dispose();
        }
        else if (start is not null)
        {
            posted = start.TokenCount / KvLayout.BlockTokens;
            writer = new KvBackgroundWriter(start, OnCommitted, message => options.OnWarning?.Invoke(message));
        }
    }

    private void RestoreFromDisk(KvChain chain, int inMemory, KvSequence sequence, CancellationToken cancellation)
    {
        var first = inMemory / KvLayout.BlockTokens;
        var tokens = chain.TokenCount - inMemory;
        var bytes = Enumerable.Range(first, Math.Max(0, chain.BlockCount - first)).Sum(chain.BytesOf);
        if (tokens <= 0 || (!options.AlwaysRestore && !store.Rates.IsRestoringFaster(document.Root, tokens, bytes)))
        {
            return;
        }

        var start = options.Time.GetTimestamp();
        BlockRestorer.Restore(chain, first, chain.BlockCount, sequence, cancellation);
        if (sequence.Length - inMemory == tokens && tokens >= KvLayout.BlockTokens)
        {
            store.Rates.NoteRestored(document.Root, bytes, options.Time.GetElapsedTime(start));
        }
    }

    private void OnCommitted(IReadOnlyList<IKvBlockSource> blocks, bool committed)
    {
        var first = ((SequenceBlock)blocks[0]).Number;
        foreach (var block in blocks)
        {
            ((SequenceBlock)block).Dispose();
        }

        if (committed)
        {
            Upload(first, first + blocks.Count, computedNow: true);
        }
    }

    private void Upload(int first, int end, bool computedNow) =>
        uploader?.EnqueueAsync(document, first, end, computedNow, CancellationToken.None).GetAwaiter().GetResult();

    private void Keep(KvSequence sequence) => memory?.Keep(keys, sequence);
}
