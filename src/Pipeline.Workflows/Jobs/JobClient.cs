using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;

namespace Pipeline.Workflows.Jobs;

/// <summary>What a job is asked to do.</summary>
/// <param name="RequestId">The same id, file name and content again is the same job.</param>
public sealed record JobRequest(
    string FileName,
    string RequestId,
    string? QuestionSet = null,
    IReadOnlyList<Question>? Questions = null,
    string? Model = null,
    string? Instructions = null,
    bool Force = false);

/// <summary>A job: a request and the analysis it became. Null members are not there yet.</summary>
public sealed record Job(string Id, RequestRecord? Request, AnalysisStatus? Status)
{
    public string Name => Request?.Message.Blob ?? Status?.Document.Name ?? "";

    public string State => Request?.State == RequestState.Rejected ? nameof(RequestState.Rejected) : Status?.State.ToString() ?? nameof(RequestState.Received);

    public Problem? Error => Request?.Error ?? Status?.Error;

    public bool IsFinal => Request?.State == RequestState.Rejected || Status?.IsFinal == true;

    public bool Succeeded => Status?.State == AnalysisState.Succeeded;
}

/// <summary>Submits documents and follows what becomes of them, through storage alone.</summary>
public sealed class JobClient(PipelineStorage storage, TimeProvider time)
{
    private const string JobPrefix = "doc-";
    private const string AnalysisPrefix = "a-";
    private const string HashMetadata = "sha256";
    private readonly Sender sender = new(storage);

    /// <summary>Uploads the file and sends the message that starts the job.</summary>
    /// <returns>The job's id.</returns>
    /// <exception cref="PermanentProblemException">The request breaks a rule; nothing was sent.</exception>
    public async Task<string> SubmitAsync(JobRequest request, Stream content, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var questions = request.Questions is null ? null : QuestionRules.Complete(request.Questions);
        var reference = BlobReference.Parse($"{StorageNames.SubmissionsContainer}/{request.RequestId}/{request.FileName}", storage.BlobEndpoint);
        BlobClient blob = storage.Container(reference.Container).GetBlobClient(reference.Path);
        string hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
        content.Position = 0;

        IntakeMessage Message(ETag etag) => new(
            reference.ToString(), etag.ToString("G").Trim('"'), request.RequestId, request.QuestionSet, questions, request.Model, request.Instructions, request.Force);

        // Uploading again would give the blob another ETag, and the job with it another id.
        if (await UploadedAsync(blob, hash, cancellation) is { } before)
        {
            IntakeMessage known = Message(before);
            Job? job = await FindAsync(Identity.Instance(known), cancellation);
            if (job is null) await sender.SendAsync(StorageNames.IntakeQueue, known, cancellation);
            if (job is null || !job.IsFinal || job.Status?.State is AnalysisState.Succeeded or AnalysisState.PartlySucceeded) return Identity.Instance(known);
        }

        var options = new BlobUploadOptions { Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [HashMetadata] = hash } };
        BlobContentInfo uploaded = await blob.UploadAsync(content, options, cancellation);
        IntakeMessage message = Message(uploaded.ETag);
        await sender.SendAsync(StorageNames.IntakeQueue, message, cancellation);
        return Identity.Instance(message);
    }

    /// <summary>ETag of the blob if it holds the same content already; else null.</summary>
    private static async Task<ETag?> UploadedAsync(BlobClient blob, string hash, CancellationToken cancellation)
    {
        try
        {
            BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellation);
            return properties.Metadata.TryGetValue(HashMetadata, out string? known) && string.Equals(known, hash, StringComparison.Ordinal) ? properties.ETag : null;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <param name="id">A job's id, or an analysis'.</param>
    /// <returns>Null if there is neither; a job just submitted appears once its message was taken.</returns>
    public async Task<Job?> FindAsync(string id, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (!Durable.InstanceIds.IsValid(id)) return null;
        if (id.StartsWith(AnalysisPrefix, StringComparison.Ordinal))
        {
            var status = await StatusAsync(id, cancellation);
            return status is null ? null : new Job(id, await RecordAsync(status.InstanceId, cancellation), status);
        }

        var record = id.StartsWith(JobPrefix, StringComparison.Ordinal) ? await RecordAsync(id, cancellation) : null;
        return record is null ? null : new Job(id, record, record.AnalysisId is null ? null : await StatusAsync(record.AnalysisId, cancellation));
    }

    /// <summary>All jobs, in no particular order.</summary>
    public async IAsyncEnumerable<Job> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var blob in storage.Requests.GetBlobsAsync(BlobTraits.None, BlobStates.None, JobPrefix, cancellation))
        {
            if (await FindAsync(Path.GetFileNameWithoutExtension(blob.Name), cancellation) is { } job) yield return job;
        }
    }

    /// <summary>Asks for the job to stop: the worker looks for the marker between chunks, the workflow gets an event.</summary>
    /// <returns>False if it has ended.</returns>
    public async Task<bool> CancelAsync(Job job, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (job.IsFinal) return false;
        if (job.Status is { } status)
        {
            await BlobJson.WriteOnceAsync(storage.Analyses, AnalysisBlobs.Cancel(status.AnalysisId, status.Attempt), BinaryData.FromString($"cancelled {time.GetUtcNow():O}"), "text/plain", cancellation);
        }

        await sender.SendAsync(new WorkflowEventMessage(job.Status?.InstanceId ?? job.Id, WorkflowEvents.Cancel), cancellation);
        return true;
    }

    /// <summary>The result as it is stored; null before there is one.</summary>
    public async Task<ReadOnlyMemory<byte>?> ResultAsync(Job job, bool html, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (job.Status is not { IsFinal: true } status) return null;
        var name = html ? AnalysisBlobs.Report(status.AnalysisId) : AnalysisBlobs.Result(status.AnalysisId);
        return (await BlobJson.ReadBytesAsync(storage.Analyses, name, int.MaxValue, cancellation))?.Content;
    }

    private Task<RequestRecord?> RecordAsync(string id, CancellationToken cancellation)
        => BlobJson.ReadAsync<RequestRecord>(storage.Requests, RequestBlobs.Record(id), cancellation);

    private Task<AnalysisStatus?> StatusAsync(string analysisId, CancellationToken cancellation)
        => BlobJson.ReadAsync<AnalysisStatus>(storage.Analyses, AnalysisBlobs.Status(analysisId), cancellation);
}
