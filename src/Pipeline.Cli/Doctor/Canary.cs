using System.Globalization;
using Azure.Storage.Queues.Models;
using Pipeline.Workflows;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;

namespace Pipeline.Cli.Doctor;

/// <summary>Where a canary is, as far as storage tells.</summary>
/// <param name="Deliveries">How often the Functions host has taken the intake message that is still there; null once it is gone.</param>
/// <param name="IsPoison">The intake message failed too often.</param>
internal sealed record CanarySighting(long? Deliveries, bool IsPoison, RequestRecord? Request, AnalysisStatus? Status)
{
    public bool IsFinal => IsPoison || Request?.State == RequestState.Rejected || Status?.IsFinal == true;
}

/// <summary>One small document with one question, sent through the whole deployment.</summary>
internal sealed class Canary(PipelineStorage storage, TimeProvider time)
{
    private const string Text = "This document was written by the doctor. The password of the canary is ";
    private const int Peeked = 32;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly string requestId = "doctor-" + Guid.NewGuid().ToString("N");
    private string instanceId = "";

    /// <summary>A word that is in this canary only: no earlier answer can stand in for its own.</summary>
    public string Word { get; } = "plumage" + Random.Shared.Next(1000, 10000).ToString(CultureInfo.InvariantCulture);

    public async Task SendAsync(CancellationToken cancellation)
    {
        var blob = storage.Container(StorageNames.SubmissionsContainer).GetBlobClient($"{requestId}/canary.txt");
        var uploaded = await blob.UploadAsync(BinaryData.FromString($"{Text}{Word}."), overwrite: true, cancellation);
        var message = new IntakeMessage($"{StorageNames.SubmissionsContainer}/{blob.Name}", uploaded.Value.ETag.ToString("G").Trim('"'), requestId, Questions: [new Question("What is the password of the canary?", "word")]);
        instanceId = Identity.Instance(message);
        await new Sender(storage).SendAsync(StorageNames.IntakeQueue, message, cancellation);
    }

    /// <summary>Follows it until it ends or time is up.</summary>
    public async Task<CanarySighting> FollowAsync(TimeSpan limit, Action<CanarySighting> seen, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var sighting = await LookAsync(cancellation);
            seen(sighting);
            if (sighting.IsFinal || time.GetElapsedTime(started) > limit) return sighting;
            await Task.Delay(Pause, time, cancellation);
        }
    }

    /// <summary>The stored answer; null if there is none.</summary>
    public async Task<string?> AnswerAsync(CanarySighting sighting, CancellationToken cancellation)
        => sighting.Status is { } status
            && await BlobJson.ReadAsync<AnalysisResult>(storage.Analyses, AnalysisBlobs.Result(status.AnalysisId), cancellation) is { Answers: [var first, ..] }
            ? first.Text
            : null;

    private async Task<CanarySighting> LookAsync(CancellationToken cancellation)
    {
        var request = await BlobJson.ReadAsync<RequestRecord>(storage.Requests, RequestBlobs.Record(instanceId), cancellation);
        var status = request?.AnalysisId is { } id ? await BlobJson.ReadAsync<AnalysisStatus>(storage.Analyses, AnalysisBlobs.Status(id), cancellation) : null;
        if (request is not null) return new CanarySighting(null, false, request, status);
        var waiting = await FindAsync(StorageNames.IntakeQueue, cancellation);
        var poison = waiting is null && await FindAsync(StorageNames.IntakeQueue + StorageNames.PoisonSuffix, cancellation) is not null;
        return new CanarySighting(waiting?.DequeueCount, poison, null, null);
    }

    private async Task<PeekedMessage?> FindAsync(string queue, CancellationToken cancellation)
    {
        PeekedMessage[] messages = await storage.Queue(queue).PeekMessagesAsync(Peeked, cancellation);
        return messages.FirstOrDefault(m => m.Body.ToString().Contains(requestId, StringComparison.Ordinal));
    }
}
