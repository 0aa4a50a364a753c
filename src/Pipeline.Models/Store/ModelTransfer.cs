using System.Security.Cryptography;

namespace Pipeline.Models.Store;

/// <summary>
/// Brings the files of a manifest into a folder. A file is written as <c>NAME.part</c>, which a later try goes on with, and gets its name
/// when its checksum is right.
/// </summary>
internal sealed class ModelTransfer(ModelStoreOptions options, TimeProvider time)
{
    public const string PartSuffix = ".part";
    private const int ChunkLength = 1 << 17;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    public async Task RunAsync(IModelSource source, ModelManifest manifest, string folder, IProgress<ModelTransferProgress>? progress, CancellationToken cancellationToken)
    {
        var done = 0L;
        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!File.Exists(path))
            {
                var before = done;
                await FetchAsync(source, file, path, bytes => progress?.Report(new ModelTransferProgress(file.Name, before + bytes, manifest.Bytes)), cancellationToken);
            }

            done += file.Bytes;
            progress?.Report(new ModelTransferProgress(file.Name, done, manifest.Bytes));
        }
    }

    private async Task FetchAsync(IModelSource source, ModelFile file, string path, Action<long> report, CancellationToken cancellationToken)
    {
        var part = path + PartSuffix;
        for (var attempt = 1; ; attempt++)
        {
            var before = File.Exists(part) ? new FileInfo(part).Length : 0;
            try
            {
                await AppendAsync(source, file, part, report, cancellationToken);
                File.Move(part, path);
                return;
            }
            catch (InvalidPartException) when (before > 0)
            {
                File.Delete(part);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                attempt = File.Exists(part) && new FileInfo(part).Length > before ? 1 : attempt;
                if (attempt >= options.Attempts)
                {
                    throw new ModelStoreException($"{file.Name} could not be transferred ({e.Message}). What is there is kept: add the model again to go on.", e);
                }

                var delay = options.RetryDelay * Math.Pow(2, attempt - 1);
                await Task.Delay(delay < LongestDelay ? delay : LongestDelay, time, cancellationToken);
            }
        }
    }

    private async Task AppendAsync(IModelSource source, ModelFile file, string part, Action<long> report, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var target = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        if (target.Length > file.Bytes)
        {
            target.SetLength(0);
        }

        var buffer = new byte[ChunkLength];
        for (int read; (read = await target.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
        }

        if (target.Length < file.Bytes || file.Bytes == 0)
        {
            await CopyAsync(source, file, target, hash, buffer, report, cancellationToken);
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
        {
            target.SetLength(0);
            throw new ModelStoreException($"{file.Name} does not have the checksum that the manifest names. The source changed or is damaged; ask its owner, or try again.");
        }

        target.Flush(flushToDisk: true);
    }

    private async Task CopyAsync(IModelSource source, ModelFile file, FileStream target, IncrementalHash hash, byte[] buffer, Action<long> report, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            var (content, offset) = await source.OpenAsync(file, target.Length, either.Token);
            await using var opened = content;
            if (offset != target.Length)
            {
                target.SetLength(offset);
                hash.GetHashAndReset();
            }

            for (int read; (read = await content.ReadAsync(buffer, either.Token)) > 0;)
            {
                if (target.Length + read > file.Bytes)
                {
                    target.SetLength(0);
                    throw new ModelStoreException($"{file.Name} is longer than the {file.Bytes} bytes that the manifest names. The source changed; ask its owner, or try again.");
                }

                hash.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), either.Token);
                stall.CancelAfter(options.StallTimeout);
                report(target.Length);
            }
        }
        catch (OperationCanceledException e) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {options.StallTimeout.TotalSeconds:F0} seconds", e);
        }
        catch (HttpRequestException e)
        {
            throw new IOException(e.Message, e);
        }

        if (target.Length < file.Bytes)
        {
            throw new IOException($"it ended after {target.Length} of {file.Bytes} bytes");
        }
    }
}
