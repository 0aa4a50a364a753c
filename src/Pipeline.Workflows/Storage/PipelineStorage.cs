using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace Pipeline.Workflows.Storage;

/// <summary>The storage account: clients of its containers and queues.</summary>
public sealed class PipelineStorage
{
    /// <summary>Connection of the documents' account; functions name it in their bindings.</summary>
    public const string ConnectionName = "DataStorage";

    /// <summary>Connection of the Functions host's own account: the documents' too where no other is configured, as in a local run.</summary>
    public const string HostConnectionName = "AzureWebJobsStorage";

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);
    private const int Retries = 6;

    private readonly BlobServiceClient blobs;
    private readonly QueueServiceClient queues;
    private readonly QueueServiceClient rawQueues;

    private PipelineStorage(BlobServiceClient blobs, QueueServiceClient queues, QueueServiceClient rawQueues)
    {
        this.blobs = blobs;
        this.queues = queues;
        this.rawQueues = rawQueues;
    }

    /// <summary>Of the blob endpoint; a document named by URL must lie under it.</summary>
    public Uri BlobEndpoint => blobs.Uri;

    public BlobContainerClient Documents => Container(StorageNames.DocumentsContainer);

    public BlobContainerClient Analyses => Container(StorageNames.AnalysesContainer);

    public BlobContainerClient QuestionSets => Container(StorageNames.QuestionSetsContainer);

    public BlobContainerClient Requests => Container(StorageNames.RequestsContainer);

    public BlobContainerClient Kv => Container(StorageNames.KvContainer);

    public BlobContainerClient Models => Container(StorageNames.ModelsContainer);

    public BlobContainerClient Container(string name) => blobs.GetBlobContainerClient(name);

    public QueueClient Queue(string name) => queues.GetQueueClient(name);

    /// <summary>The queue with its messages as they are, base64 or not.</summary>
    public QueueClient RawQueue(string name) => rawQueues.GetQueueClient(name);

    /// <param name="attemptLimit">How long one attempt of one request may take.</param>
    public static PipelineStorage FromConnectionString(string connectionString, TimeSpan? attemptLimit = null)
        => new(new BlobServiceClient(connectionString, With(new BlobClientOptions(), attemptLimit)), new QueueServiceClient(connectionString, QueueOptions(attemptLimit)), new QueueServiceClient(connectionString, With(new QueueClientOptions(), attemptLimit)));

    /// <summary>
    /// From settings named as the Functions host names an identity-based connection: <c>{name}</c> (connection string), or
    /// <c>{name}__accountName</c> / <c>{name}__blobServiceUri</c> and <c>{name}__queueServiceUri</c>, with <c>{name}__clientId</c> for a user-assigned identity.
    /// Without a name it is <see cref="ConnectionName"/>, or <see cref="HostConnectionName"/> where only that is set.
    /// <c>Pipeline__StorageTimeoutSeconds</c> limits one attempt of a request (60).
    /// </summary>
    public static PipelineStorage FromConfiguration(IConfiguration configuration, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        name ??= configuration.GetSection(HostConnectionName).Exists() && !configuration.GetSection(ConnectionName).Exists() ? HostConnectionName : ConnectionName;
        TimeSpan? attemptLimit = double.TryParse(configuration["Pipeline:StorageTimeoutSeconds"], System.Globalization.CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
        if (configuration[name] is { Length: > 0 } connectionString) return FromConnectionString(connectionString, attemptLimit);

        var section = configuration.GetSection(name);
        var account = section["accountName"];
        var blobUri = section["blobServiceUri"] ?? (account is null ? null : $"https://{account}.blob.core.windows.net");
        var queueUri = section["queueServiceUri"] ?? (account is null ? null : $"https://{account}.queue.core.windows.net");
        if (blobUri is null || queueUri is null)
        {
            throw new InvalidOperationException($"No storage account is configured: set {name} to a connection string, or {name}__accountName to an account this identity may use.");
        }

        TokenCredential credential = section["clientId"] is { Length: > 0 } clientId
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential();
        return new(
            new BlobServiceClient(new Uri(blobUri), credential, With(new BlobClientOptions(), attemptLimit)),
            new QueueServiceClient(new Uri(queueUri), credential, QueueOptions(attemptLimit)),
            new QueueServiceClient(new Uri(queueUri), credential, With(new QueueClientOptions(), attemptLimit)));
    }

    /// <summary>Creates what is missing. On Azure the infrastructure has done it.</summary>
    public async Task CreateAllAsync(CancellationToken cancellation = default)
    {
        foreach (var name in StorageNames.Containers) await Container(name).CreateIfNotExistsAsync(cancellationToken: cancellation);
        foreach (var name in StorageNames.Queues) await Queue(name).CreateIfNotExistsAsync(cancellationToken: cancellation);
    }

    // Event Grid and the Functions host both use base64, so everything here does.
    private static QueueClientOptions QueueOptions(TimeSpan? attemptLimit) => With(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }, attemptLimit);

    private static T With<T>(T options, TimeSpan? attemptLimit)
        where T : ClientOptions
    {
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.Delay = FirstRetry;
        options.Retry.MaxDelay = LongestRetry;
        options.Retry.MaxRetries = Retries;
        options.Retry.NetworkTimeout = attemptLimit ?? TimeSpan.FromSeconds(60);
        return options;
    }
}
