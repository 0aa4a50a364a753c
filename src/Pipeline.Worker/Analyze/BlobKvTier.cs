using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Pipeline.Inference.KvStore.Tiers;

namespace Pipeline.Worker.Analyze;

/// <summary>A blob container as the KV store's remote tier: what one worker has computed, the next one restores.</summary>
internal sealed class BlobKvTier(BlobContainerClient container) : IRemoteKvTier
{
    public async Task<ReadOnlyMemory<byte>?> GetAsync(string name, long maxBytes, CancellationToken cancellation)
    {
        try
        {
            using var download = (await container.GetBlobClient(name).DownloadStreamingAsync(cancellationToken: cancellation)).Value;
            var length = download.Details.ContentLength;
            if (length > maxBytes) return null;
            var content = new byte[length];
            await download.Content.ReadExactlyAsync(content, cancellation);
            return content;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    public async Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        try
        {
            // One request for the whole blob, so that it is there whole or not at all: the client cuts what is not shorter than this.
            var options = new BlobUploadOptions
            {
                Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                TransferOptions = new Azure.Storage.StorageTransferOptions { InitialTransferSize = content.Length + 1L },
            };
            await container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), options, cancellation);
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            // There already, and the same: a name stands for its content.
        }
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation)) yield return blob.Name;
    }

    public async Task DeleteAsync(string name, CancellationToken cancellation)
        => await container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellation);
}
