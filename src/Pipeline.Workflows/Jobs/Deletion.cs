using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;

namespace Pipeline.Workflows.Jobs;

/// <summary>What a deletion removed.</summary>
/// <param name="DocumentRemoved">False where another analysis needs original and text; its KV blocks stay then too.</param>
public sealed record DeletionReport(string AnalysisId, string Sha256, int Blobs, int Requests, bool DocumentRemoved);

/// <summary>
/// Removes an analysis with all its traces: answers, status, requests, the file as it came, workflow history, and the document itself unless
/// another analysis uses it. Cut off at any point, it can be repeated.
/// </summary>
public sealed class Deletion(PipelineStorage storage)
{
    private readonly Sender sender = new(storage);

    /// <param name="forgetKv">Removes the KV blocks of the document with this hash; called before the document goes.</param>
    public async Task<DeletionReport> DeleteAsync(AnalysisStatus status, Func<string, CancellationToken, Task> forgetKv, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(forgetKv);
        var requests = await RequestsOfAsync(status.AnalysisId, cancellation);
        foreach (var request in requests) await RemoveSourceAsync(request, cancellation);

        var sha256 = status.Document.Sha256;
        var shared = await IsUsedByOthersAsync(sha256, status.AnalysisId, cancellation);
        var blobs = 0;
        if (!shared)
        {
            await forgetKv(sha256, cancellation);
            blobs += await RemoveAllAsync(storage.Documents, sha256 + "/", cancellation);
        }

        // The status goes last of the analysis' blobs: until then the command finds it again.
        blobs += await RemoveAllAsync(storage.Analyses, status.AnalysisId + "/", cancellation, last: AnalysisBlobs.Status(status.AnalysisId));
        foreach (var request in requests) await sender.SendAsync(new WorkflowEventMessage(request.InstanceId, WorkflowEvents.Purge), cancellation);
        return new DeletionReport(status.AnalysisId, sha256, blobs, requests.Count, !shared);
    }

    private async Task<List<RequestRecord>> RequestsOfAsync(string analysisId, CancellationToken cancellation)
    {
        var found = new List<RequestRecord>();
        await foreach (var blob in storage.Requests.GetBlobsAsync(BlobTraits.None, BlobStates.None, "doc-", cancellation))
        {
            if (await BlobJson.ReadAsync<RequestRecord>(storage.Requests, blob.Name, cancellation) is { } record && record.AnalysisId == analysisId) found.Add(record);
        }

        return found;
    }

    private async Task<bool> IsUsedByOthersAsync(string sha256, string analysisId, CancellationToken cancellation)
    {
        await foreach (var blob in storage.Analyses.GetBlobsAsync(cancellationToken: cancellation))
        {
            if (!blob.Name.EndsWith("/definition.json", StringComparison.Ordinal) || blob.Name.StartsWith(analysisId + "/", StringComparison.Ordinal)) continue;
            if (await BlobJson.ReadAsync<AnalysisDefinition>(storage.Analyses, blob.Name, cancellation) is { } other && other.Document.Sha256 == sha256) return true;
        }

        return false;
    }

    /// <summary>The file as it came, unless it was replaced since.</summary>
    private async Task RemoveSourceAsync(RequestRecord request, CancellationToken cancellation)
    {
        if (request.Message.ETag is not { } etag) return;
        var source = BlobReference.Parse(request.Message.Blob, storage.BlobEndpoint);
        try
        {
            var conditions = new BlobRequestConditions { IfMatch = new ETag($"\"{etag}\"") };
            await storage.Container(source.Container).GetBlobClient(source.Path).DeleteIfExistsAsync(conditions: conditions, cancellationToken: cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            // Another version: not what is to be deleted.
        }
    }

    private static async Task<int> RemoveAllAsync(BlobContainerClient container, string prefix, CancellationToken cancellation, string? last = null)
    {
        var count = 0;
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation))
        {
            if (blob.Name == last) continue;
            await RemoveAsync(container.GetBlobClient(blob.Name), cancellation);
            count++;
        }

        if (last is null) return count;
        await RemoveAsync(container.GetBlobClient(last), cancellation);
        return count + 1;
    }

    private static async Task RemoveAsync(BlobClient blob, CancellationToken cancellation)
    {
        try
        {
            await blob.DeleteIfExistsAsync(cancellationToken: cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            // A worker's lease; losing it stops the worker.
            await blob.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: cancellation);
            await blob.DeleteIfExistsAsync(cancellationToken: cancellation);
        }
    }
}
