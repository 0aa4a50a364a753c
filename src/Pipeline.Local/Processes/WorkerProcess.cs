namespace Pipeline.Local.Processes;

/// <summary>One worker container's stand-in: the worker executable, started again when it ends.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stopping = new();
    private readonly Task loop;

    public WorkerProcess(string dataFolder, int number, IReadOnlyDictionary<string, string?> settings)
    {
        loop = Task.Run(async () =>
        {
            while (!stopping.IsCancellationRequested)
            {
                await using var child = ChildProcess.Start(
                    ProjectLayout.Executable(ProjectLayout.WorkerFolder, "Pipeline.Worker"), [], settings, Path.Combine(dataFolder, "logs", $"worker-{number}.log"));
                ProcessId = child.Id;
                try
                {
                    await child.Exited.WaitAsync(stopping.Token);
                    ProcessId = 0;
                    await Task.Delay(RestartPause, stopping.Token);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        });
    }

    /// <summary>The process id; 0 while none runs.</summary>
    public int ProcessId { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await loop;
        stopping.Dispose();
    }
}
