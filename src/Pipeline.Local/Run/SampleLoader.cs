using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Pipeline.Workflows;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Run;

/// <summary>
/// Puts a folder's files into the inbox and its <c>questions/*.json</c> into the question sets. A file with a set of its own name goes
/// into a folder of that name, which chooses the set.
/// </summary>
internal static class SampleLoader
{
    private const string HashKey = "sha256";

    private static readonly QuestionSet Fallback = new(
        [
            new Question("What is this document about?", "subject"),
            new Question("Which persons and organisations does it name, and what is the role of each?", "parties"),
            new Question("Which dates and deadlines does it name?", "dates"),
        ],
        "default");

    public static async Task LoadAsync(PipelineStorage storage, string? folder, CancellationToken cancellation)
    {
        if (folder is not null && !Directory.Exists(folder)) throw new LocalRunException($"There is no folder {folder}.");
        var questions = folder is null ? null : Path.Combine(folder, "questions");
        var sets = questions is not null && Directory.Exists(questions) ? Directory.GetFiles(questions, "*.json") : [];
        foreach (var file in sets) await UploadAsync(storage.QuestionSets.GetBlobClient(Path.GetFileName(file)), file, "application/json", cancellation);
        await BlobJson.WriteOnceAsync(storage.QuestionSets, "default.json", Fallback, cancellation);

        var names = sets.Select(s => Path.GetFileNameWithoutExtension(s)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in (folder is null ? [] : Directory.GetFiles(folder)).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            if (name.StartsWith('.') || name.Equals("README.md", StringComparison.OrdinalIgnoreCase)) continue;
            var stem = Path.GetFileNameWithoutExtension(file);
            var blob = storage.Container(StorageNames.InboxContainer).GetBlobClient(names.Contains(stem) ? $"{stem}/{name}" : name);
            await UploadAsync(blob, file, MediaType(name), cancellation);
        }
    }

    /// <summary>A new version of the blob would be a new analysis, so the same content is left alone.</summary>
    private static async Task UploadAsync(BlobClient blob, string file, string contentType, CancellationToken cancellation)
    {
        var content = await File.ReadAllBytesAsync(file, cancellation);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        if (await blob.ExistsAsync(cancellation))
        {
            BlobProperties there = await blob.GetPropertiesAsync(cancellationToken: cancellation);
            if (there.Metadata.TryGetValue(HashKey, out var known) && known == hash) return;
        }

        await blob.UploadAsync(new BinaryData(content), new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = contentType }, Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [HashKey] = hash } }, cancellation);
    }

    private static string MediaType(string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".md" => "text/markdown",
        ".txt" => "text/plain",
        ".pdf" => "application/pdf",
        ".html" or ".htm" => "text/html",
        _ => "application/octet-stream",
    };
}
