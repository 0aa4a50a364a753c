using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Storage;

/// <summary>JSON blobs: read whole, written once or under an ETag.</summary>
public static class BlobJson
{
    private const int MaxBytes = 64 * 1024 * 1024;

    /// <returns>Null if there is no such blob.</returns>
    public static async Task<T?> ReadAsync<T>(BlobContainerClient container, string name, CancellationToken cancellation = default)
        where T : class
        => (await ReadVersionAsync<T>(container, name, cancellation))?.Value;

    public static async Task<Versioned<T>?> ReadVersionAsync<T>(BlobContainerClient container, string name, CancellationToken cancellation = default)
        where T : class
    {
        var content = await ReadBytesAsync(container, name, MaxBytes, cancellation);
        if (content is null) return null;
        try
        {
            var value = JsonSerializer.Deserialize<T>(content.Value.Content.Span, ContractJson.Tolerant);
            return value is null ? null : new Versioned<T>(value, content.Value.ETag);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The blob {container.Name}/{name} is not what this version writes: {e.Message}", e);
        }
    }

    /// <returns>Null if there is no such blob.</returns>
    /// <exception cref="InvalidDataException">The blob is larger than <paramref name="limit"/>.</exception>
    public static async Task<(ReadOnlyMemory<byte> Content, ETag ETag)?> ReadBytesAsync(BlobContainerClient container, string name, int limit, CancellationToken cancellation = default)
    {
        try
        {
            var response = await container.GetBlobClient(name).DownloadStreamingAsync(cancellationToken: cancellation);
            using var download = response.Value;
            var length = download.Details.ContentLength;
            if (length > limit) throw new InvalidDataException($"The blob {container.Name}/{name} has {length:N0} bytes; {limit:N0} are allowed.");
            var buffer = new byte[length];
            await download.Content.ReadExactlyAsync(buffer, cancellation);
            return (buffer, download.Details.ETag);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Writes unless the blob exists.</summary>
    /// <returns>False if it exists: written by somebody else, or by this call whose answer was lost.</returns>
    public static Task<bool> WriteOnceAsync<T>(BlobContainerClient container, string name, T value, CancellationToken cancellation = default)
        => WriteOnceAsync(container, name, Encode(value), "application/json", cancellation);

    public static async Task<bool> WriteOnceAsync(BlobContainerClient container, string name, BinaryData content, string contentType, CancellationToken cancellation = default)
        => await UploadAsync(container, name, content, contentType, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellation) is not null;

    public static Task WriteAsync<T>(BlobContainerClient container, string name, T value, CancellationToken cancellation = default)
        => UploadAsync(container, name, Encode(value), "application/json", conditions: null, cancellation);

    public static Task WriteTextAsync(BlobContainerClient container, string name, string text, string contentType, CancellationToken cancellation = default)
        => UploadAsync(container, name, BinaryData.FromString(text), contentType, conditions: null, cancellation);

    /// <summary>Replaces the version that was read.</summary>
    /// <returns>The new version; null if somebody else wrote meanwhile (or this call did, and its answer was lost).</returns>
    public static Task<ETag?> ReplaceAsync<T>(BlobContainerClient container, string name, T value, ETag version, CancellationToken cancellation = default)
        => UploadAsync(container, name, Encode(value), "application/json", new BlobRequestConditions { IfMatch = version }, cancellation);

    private static BinaryData Encode<T>(T value) => BinaryData.FromString(JsonSerializer.Serialize(value, ContractJson.Indented));

    private static async Task<ETag?> UploadAsync(BlobContainerClient container, string name, BinaryData content, string contentType, BlobRequestConditions? conditions, CancellationToken cancellation)
    {
        try
        {
            var options = new BlobUploadOptions { Conditions = conditions, HttpHeaders = new BlobHttpHeaders { ContentType = contentType + "; charset=utf-8" } };
            return (await container.GetBlobClient(name).UploadAsync(content, options, cancellation)).Value.ETag;
        }
        catch (RequestFailedException e) when (conditions is not null && e.Status is 409 or 412)
        {
            return null;
        }
    }
}

/// <summary>A value and the version of the blob it was read from.</summary>
public sealed record Versioned<T>(T Value, ETag ETag);
