using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Storage;

/// <summary>Reads and writes <c>status.json</c>: under its ETag, never backwards.</summary>
public sealed class StatusStore(PipelineStorage storage, TimeProvider time)
{
    private const int MaxConflicts = 20;

    public async Task<AnalysisStatus?> ReadAsync(string analysisId, CancellationToken cancellation = default)
        => (await ReadVersionAsync(analysisId, cancellation))?.Value;

    public Task<Versioned<AnalysisStatus>?> ReadVersionAsync(string analysisId, CancellationToken cancellation = default)
        => BlobJson.ReadVersionAsync<AnalysisStatus>(storage.Analyses, AnalysisBlobs.Status(analysisId), cancellation);

    /// <summary>Writes the first status of an analysis, unless it has one.</summary>
    /// <returns>The stored status, which may be another's.</returns>
    public async Task<AnalysisStatus> CreateAsync(AnalysisStatus status, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(status);
        if (await BlobJson.WriteOnceAsync(storage.Analyses, AnalysisBlobs.Status(status.AnalysisId), status, cancellation)) return status;
        return await ReadAsync(status.AnalysisId, cancellation)
            ?? throw new InvalidOperationException($"The status of analysis {status.AnalysisId} vanished while it was written; is it being deleted?");
    }

    /// <summary>Applies <paramref name="change"/> to the newest status; <paramref name="change"/> returns null to leave it.</summary>
    /// <returns>The status now stored, and whether this call's change stands in it.</returns>
    public Task<StatusUpdate> UpdateAsync(string analysisId, Func<AnalysisStatus, AnalysisStatus?> change, CancellationToken cancellation = default)
        => UpdateAsync(analysisId, known: null, change, cancellation);

    /// <summary>The same, without reading it first where nobody has written since <paramref name="known"/> was seen.</summary>
    public async Task<StatusUpdate> UpdateAsync(string analysisId, Versioned<AnalysisStatus>? known, Func<AnalysisStatus, AnalysisStatus?> change, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (known is not null && await TryReplaceAsync(analysisId, known, change, cancellation) is { } next) return new(next, Written: true);
        for (var i = 0; i < MaxConflicts; i++)
        {
            var current = await ReadVersionAsync(analysisId, cancellation) ?? throw new InvalidOperationException($"Analysis {analysisId} has no status; was it deleted?");
            if (Changed(current.Value, change) is null) return new(current, Written: false);
            if (await TryReplaceAsync(analysisId, current, change, cancellation) is { } written) return new(written, Written: true);
            await Task.Delay(TimeSpan.FromMilliseconds(10 << Math.Min(i, 6)), time, cancellation);
        }

        throw new IOException($"The status of analysis {analysisId} was written by others {MaxConflicts} times in a row.");
    }

    private async Task<Versioned<AnalysisStatus>?> TryReplaceAsync(string analysisId, Versioned<AnalysisStatus> current, Func<AnalysisStatus, AnalysisStatus?> change, CancellationToken cancellation)
    {
        if (Changed(current.Value, change) is not { } next) return null;
        next = next with { UpdatedAt = time.GetUtcNow() };
        return await BlobJson.ReplaceAsync(storage.Analyses, AnalysisBlobs.Status(analysisId), next, current.ETag, cancellation) is { } version ? new(next, version) : null;
    }

    private static AnalysisStatus? Changed(AnalysisStatus current, Func<AnalysisStatus, AnalysisStatus?> change)
        => change(current) is { } next && current.MayBecome(next) ? next : null;
}

public readonly record struct StatusUpdate(Versioned<AnalysisStatus> Current, bool Written)
{
    public AnalysisStatus Status => Current.Value;
}
