using System.Globalization;

namespace Pipeline.Local.Processes;

/// <summary>The storage emulator, with its data in a folder.</summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    /// <summary>The emulator's own account and key, the same everywhere and public.</summary>
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ChildProcess child;

    private AzuriteProcess(ChildProcess child, int blobPort, int queuePort)
    {
        this.child = child;
        BlobPort = blobPort;
        QueuePort = queuePort;
    }

    public int BlobPort { get; }

    public int QueuePort { get; }

    public string ConnectionString => ConnectionStringFor(BlobPort, QueuePort);

    public static string ConnectionStringFor(int blobPort, int queuePort)
        => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{blobPort}/{Account};QueueEndpoint=http://127.0.0.1:{queuePort}/{Account};";

    /// <summary>Starts the emulator, installed beforehand if need be.</summary>
    /// <param name="ports">Blob and queue port; free ones where null.</param>
    public static async Task<AzuriteProcess> StartAsync(string dataFolder, (int Blob, int Queue)? ports = null, Action<string>? say = null, CancellationToken cancellation = default)
    {
        var install = await AzuriteInstall.EnsureAsync(say, cancellation);
        var data = Path.GetFullPath(Path.Combine(dataFolder, "azurite"));
        Directory.CreateDirectory(data);
        await WaitForPredecessorAsync(data, cancellation);
        var (blob, queue) = ports ?? (FreePort.Take(), FreePort.Take());
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        var child = ChildProcess.Start(
            "node",
            [
                Path.Combine(install, "start.js"), "--silent", "--disableTelemetry", "--skipApiVersionCheck", "--location", data,
                "--blobPort", blob.ToString(CultureInfo.InvariantCulture), "--queuePort", queue.ToString(CultureInfo.InvariantCulture), "--tablePort", FreePort.Take().ToString(CultureInfo.InvariantCulture),
            ],
            new Dictionary<string, string?>(StringComparer.Ordinal),
            Path.Combine(data, "azurite.log"),
            line =>
            {
                // One line each for blob, queue and table.
                if (line.Contains("successfully listen", StringComparison.OrdinalIgnoreCase) && Interlocked.Increment(ref count) == 3) listening.TrySetResult();
            });
        await File.WriteAllTextAsync(PidFile(data), child.Id.ToString(CultureInfo.InvariantCulture), cancellation);
        var started = await Task.WhenAny(listening.Task, child.Exited, Task.Delay(StartLimit, cancellation));
        if (started != listening.Task)
        {
            await child.DisposeAsync();
            cancellation.ThrowIfCancellationRequested();
            throw new LocalRunException($"Azurite did not start; {Path.Combine(data, "azurite.log")} says why.");
        }

        return new AzuriteProcess(child, blob, queue);
    }

    /// <summary>Stops it cleanly: it writes its metadata.</summary>
    public Task StopAsync() => child.StopAsync();

    public ValueTask DisposeAsync() => child.DisposeAsync();

    private static string PidFile(string data) => Path.Combine(data, "azurite.pid");

    /// <summary>An emulator whose parent was killed still writes its metadata; two of them on one folder would spoil it.</summary>
    private static async Task WaitForPredecessorAsync(string data, CancellationToken cancellation)
    {
        if (!File.Exists(PidFile(data)) || !int.TryParse(await File.ReadAllTextAsync(PidFile(data), cancellation), CultureInfo.InvariantCulture, out var pid)) return;
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(pid);
            if (!process.ProcessName.StartsWith("node", StringComparison.OrdinalIgnoreCase)) return;
            await process.WaitForExitAsync(cancellation).WaitAsync(TimeSpan.FromSeconds(30), cancellation);
        }
        catch (ArgumentException)
        {
            // It has ended.
        }
        catch (TimeoutException e)
        {
            throw new LocalRunException($"Another storage emulator (process {pid}) uses {data}. Is a second local run going? Use another --data folder.", e);
        }
    }
}
