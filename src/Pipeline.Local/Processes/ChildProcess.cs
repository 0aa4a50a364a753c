using System.Diagnostics;
using Pipeline.Workflows;

namespace Pipeline.Local.Processes;

/// <summary>A child whose standard input this process holds: it ends when this process does, however that happens.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(30);
    private readonly Process process;
    private readonly StreamWriter log;
    private readonly Lock gate = new();

    private ChildProcess(Process process, StreamWriter log)
    {
        this.process = process;
        this.log = log;
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public Task Exited => process.WaitForExitAsync();

    /// <param name="onLine">Told every line of output, which also goes to <paramref name="logFile"/>.</param>
    public static ChildProcess Start(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, string logFile, Action<string>? onLine = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(logFile))!,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment[ParentWatch.Variable] = "1";
        Directory.CreateDirectory(start.WorkingDirectory);
        var log = new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            log.Dispose();
            throw new LocalRunException($"{file} can't be started: {e.Message}.", e);
        }

        var child = new ChildProcess(process, log);
        process.OutputDataReceived += (_, e) => child.Write(e.Data, onLine);
        process.ErrorDataReceived += (_, e) => child.Write(e.Data, onLine);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Asks the child to end, waits, and kills it if it does not.</summary>
    public async Task StopAsync()
    {
        if (!process.HasExited)
        {
            try
            {
                process.StandardInput.Close();
                await process.WaitForExitAsync().WaitAsync(GracePeriod);
            }
            catch (Exception e) when (e is TimeoutException or IOException)
            {
                Kill();
            }
        }
    }

    public void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // Ended meanwhile.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process.Dispose();
        lock (gate) log.Dispose();
    }

    private void Write(string? line, Action<string>? onLine)
    {
        if (line is null) return;
        lock (gate)
        {
            if (log.BaseStream is { CanWrite: true }) log.WriteLine(line);
        }

        onLine?.Invoke(line);
    }
}
