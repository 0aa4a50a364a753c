using System.Diagnostics;
using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>Reads a document into a cache: what a store holds is restored, the rest computed chunk by chunk and told to the store.</summary>
internal sealed class OrtReader(OrtModel model, KvBlockRows rows, IKvPersistence? persistence)
{
    /// <exception cref="InferenceException">The document does not fit, or ONNX Runtime failed.</exception>
    internal (OrtDocument Document, ReadReport Report) Read(
        IReadOnlyList<int> tokens, ReadOptions options, Action<ReadProgress>? progress, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var stored = persistence is null ? null : new KvSequence(rows.Pool);
        var document = new OrtDocument(model, DocumentCapacity.Of(tokens.Count, options, model.Config.ContextLength), options.ChunkTokens);
        try
        {
            var restored = Restore(document, stored, tokens, cancellation);
            progress?.Invoke(new ReadProgress(restored, tokens.Count, restored, Stopwatch.GetElapsedTime(started)));
            long[] ids = [.. tokens.Select(t => (long)t)];
            while (document.Length < ids.Length)
            {
                var count = Math.Min(options.ChunkTokens, ids.Length - document.Length);
                document.Read(ids.AsSpan(document.Length, count), cancellation);
                if (stored is not null)
                {
                    rows.CopyOut(document.Cache, stored, document.Length);
                    persistence!.OnRead(stored, tokens, Regime(document), document.Length);
                }

                progress?.Invoke(new ReadProgress(document.Length, ids.Length, restored, Stopwatch.GetElapsedTime(started)));
            }

            return (document, new ReadReport(ids.Length, restored, ids.Length - restored, Stopwatch.GetElapsedTime(started)));
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    private int Restore(OrtDocument document, KvSequence? stored, IReadOnlyList<int> tokens, CancellationToken cancellation)
    {
        if (stored is null || persistence!.Restore(stored, tokens, Regime(document), cancellation) == 0)
        {
            return 0;
        }

        rows.CopyIn(stored, document.Cache);
        document.Restored(stored.Length);
        return stored.Length;
    }

    private static int Regime(OrtDocument document) => document.LongRope ? 1 : 0;
}
