using System.Buffers;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;

namespace Pipeline.Workflows.Analysis;

/// <summary>Copies the version of the blob that was meant to <c>documents/{sha256}/original</c>: what becomes of the blob later changes nothing.</summary>
internal sealed class DocumentCopy(PipelineStorage storage, long maxBytes)
{
    public async Task<(DocumentName Document, IDictionary<string, string> Metadata)> CopyAsync(BlobReference source, string? etag, CancellationToken cancellation)
    {
        var blob = storage.Container(source.Container).GetBlobClient(source.Path);
        try
        {
            var conditions = etag is null ? null : new BlobRequestConditions { IfMatch = new ETag($"\"{etag}\"") };
            using var download = (await blob.DownloadStreamingAsync(new BlobDownloadOptions { Conditions = conditions }, cancellation)).Value;
            var details = download.Details;
            if (details.ContentLength > maxBytes)
            {
                throw new PermanentProblemException(ProblemTypes.DocumentTooLarge, $"{source} has {details.ContentLength:N0} bytes; {maxBytes:N0} are allowed (MaxDocumentBytes).");
            }

            var sha256 = await CopyAsync(source, download.Content, details.ContentLength, cancellation);
            return (new DocumentName(source.Path, sha256, details.ContentLength, MediaType(details.ContentType)), details.Metadata);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new PermanentProblemException(ProblemTypes.DocumentMissing, $"{source} does not exist. Was it deleted after it was announced?");
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            throw new PermanentProblemException(ProblemTypes.DocumentReplaced, $"{source} was replaced after version {etag ?? "found first"} was announced; the new version has an analysis of its own.");
        }
    }

    private async Task<string> CopyAsync(BlobReference source, Stream content, long length, CancellationToken cancellation)
    {
        // Name and content come from the same read: the hash decides the name, so the bytes wait in a file until it is known.
        await using var file = new FileStream(Path.GetTempFileName(), new FileStreamOptions
        {
            Access = FileAccess.ReadWrite,
            Mode = FileMode.Create,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        int read;
        while ((read = await content.ReadAsync(buffer, cancellation)) > 0)
        {
            hash.AppendData(buffer.AsSpan(0, read));
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        if (file.Length != length) throw new IOException($"{source} ended after {file.Length:N0} of {length:N0} bytes.");
        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        var target = storage.Documents.GetBlobClient(DocumentBlobs.Original(sha256));
        file.Position = 0;
        try
        {
            await target.UploadAsync(file, new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }, cancellation);
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            // The name is the content's hash: what is there is the same.
        }

        return sha256;
    }

    private static string MediaType(string? contentType)
        => contentType?.Split(';')[0].Trim() is { Length: > 0 and <= 200 } type && !string.Equals(type, "application/octet-stream", StringComparison.OrdinalIgnoreCase) ? type : "application/octet-stream";
}
