using System.Globalization;
using System.Net.Sockets;

namespace Pipeline.Local.Processes;

/// <summary>The Functions app's handler, started and kept running as the Functions host does.</summary>
internal sealed class HandlerProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(500);

    private readonly string logFile;
    private readonly IReadOnlyDictionary<string, string?> settings;
    private readonly CancellationTokenSource stopping = new();
    private readonly HttpClient http = new();
    private readonly Task loop;
    private volatile TaskCompletionSource<Uri> ready = NewReady();

    public HandlerProcess(string dataFolder, IReadOnlyDictionary<string, string?> settings)
    {
        logFile = Path.Combine(dataFolder, "logs", "handler.log");
        this.settings = settings;
        loop = Task.Run(KeepRunningAsync);
    }

    /// <summary>The process id; 0 while none runs.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The handler's address, once it answers.</summary>
    public Task<Uri> ReadyAsync(CancellationToken cancellation) => ready.Task.WaitAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        try
        {
            await loop;
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }

        http.Dispose();
        stopping.Dispose();
    }

    private async Task KeepRunningAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            var port = FreePort.Take();
            var environment = new Dictionary<string, string?>(settings, StringComparer.Ordinal)
            {
                ["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(CultureInfo.InvariantCulture),
                ["FUNCTIONS_WORKER_RUNTIME"] = "custom",
            };
            await using var child = ChildProcess.Start(ProjectLayout.Executable(ProjectLayout.HandlerFolder, "Handler"), [], environment, logFile);
            ProcessId = child.Id;
            try
            {
                var address = new Uri($"http://127.0.0.1:{port}/");
                if (await AnswersAsync(address, child)) ready.TrySetResult(address);
                await child.Exited.WaitAsync(stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            finally
            {
                ProcessId = 0;
                if (ready.Task.IsCompleted) ready = NewReady();
            }

            await Task.Delay(RestartPause, stopping.Token);
        }
    }

    /// <summary>As the host does: any HTTP answer counts, only a refused connection means "not yet".</summary>
    private async Task<bool> AnswersAsync(Uri address, ChildProcess child)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        limit.CancelAfter(ReadyLimit);
        while (!child.HasExited && !limit.IsCancellationRequested)
        {
            try
            {
                using var response = await http.GetAsync(address, limit.Token);
                return true;
            }
            catch (HttpRequestException e) when (e.InnerException is SocketException)
            {
                await Task.Delay(ReadyPoll, stopping.Token);
            }
        }

        return false;
    }

    private static TaskCompletionSource<Uri> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
