using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Storage;

/// <summary>Reads and writes <c>status.json</c>: under its ETag, never backwards.</summary>
public sealed class StatusStore(PipelineStorage storage, TimeProvider time)
{
    private const int MaxConflicts = 20;

    public Task<AnalysisStatus?> ReadAsync(string analysisId, CancellationToken cancellation = default)
        => BlobJson.ReadAsync<AnalysisStatus>(storage.Analyses, AnalysisBlobs.Status(analysisId), cancellation);

    /// <summary>Writes the first status of an analysis.</summary>
    /// <returns>The stored status, which may be another's.</returns>
    public async Task<AnalysisStatus> CreateAsync(AnalysisStatus status, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(status);
        await BlobJson.WriteOnceAsync(storage.Analyses, AnalysisBlobs.Status(status.AnalysisId), status, cancellation);
        return await ReadAsync(status.AnalysisId, cancellation)
            ?? throw new InvalidOperationException($"The status of analysis {status.AnalysisId} vanished while it was written; is it being deleted?");
    }

    /// <summary>Applies <paramref name="change"/> to the newest status; <paramref name="change"/> returns null to leave it.</summary>
    /// <returns>The status now stored, and whether this call's change stands in it.</returns>
    public async Task<StatusUpdate> UpdateAsync(string analysisId, Func<AnalysisStatus, AnalysisStatus?> change, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        for (var i = 0; i < MaxConflicts; i++)
        {
            var current = await BlobJson.ReadVersionAsync<AnalysisStatus>(storage.Analyses, AnalysisBlobs.Status(analysisId), cancellation)
                ?? throw new InvalidOperationException($"Analysis {analysisId} has no status; was it deleted?");
            var next = change(current.Value);
            if (next is null || !current.Value.MayBecome(next)) return new(current.Value, Written: false);
            next = next with { UpdatedAt = time.GetUtcNow() };
            if (await BlobJson.ReplaceAsync(storage.Analyses, AnalysisBlobs.Status(analysisId), next, current.ETag, cancellation)) return new(next, Written: true);
            await Task.Delay(TimeSpan.FromMilliseconds(10 << Math.Min(i, 6)), time, cancellation);
        }

        throw new IOException($"The status of analysis {analysisId} was written by others {MaxConflicts} times in a row.");
    }
}

public readonly record struct StatusUpdate(AnalysisStatus Status, bool Written);
