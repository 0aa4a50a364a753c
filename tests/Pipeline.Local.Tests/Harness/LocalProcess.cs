using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Pipeline.Local.Processes;

namespace Pipeline.Local.Tests.Harness;

/// <summary>The local run as a user starts it, in a process that can be killed.</summary>
internal sealed class LocalProcess(string dataFolder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment) : IAsyncDisposable
{
    private const int SigStop = 19;
    private const int SigCont = 18;
    private Process? process;
    private readonly List<string> output = [];

    public string Output
    {
        get
        {
            lock (output) return string.Join('\n', output);
        }
    }

    public bool IsRunning => process is { HasExited: false };

    public int ExitCode => process!.ExitCode;

    public void Start()
    {
        // A shell has its background jobs ignore SIGINT, and children inherit that; env takes it back before it becomes the program.
        var program = ProjectLayout.Executable(ProjectLayout.LocalFolder, "Pipeline.Local");
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", program] : [program];
        var start = new ProcessStartInfo(command[0], [.. command[1..], "--data", dataFolder, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Task ExitAsync(TimeSpan limit) => process!.WaitForExitAsync().WaitAsync(limit);

    /// <summary>SIGKILL to the local run alone: its children have to notice.</summary>
    public async Task KillAsync()
    {
        process!.Kill(entireProcessTree: false);
        await process.WaitForExitAsync();
    }

    /// <summary>SIGINT, as Ctrl-C sends it.</summary>
    public void Interrupt() => Signal(process!.Id, 2);

    /// <summary>Process ids of this run's children whose command line holds <paramref name="name"/>.</summary>
    public IReadOnlyList<int> Children(string name)
    {
        if (process is null || process.HasExited) return [];
        var found = new List<int>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid)) continue;
            try
            {
                // pid (name) state ppid …; the name may hold blanks and brackets.
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var parent = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
                if (parent == process.Id && File.ReadAllText(Path.Combine(folder, "cmdline")).Contains(name, StringComparison.Ordinal)) found.Add(pid);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Ended meanwhile.
            }
        }

        return found;
    }

    /// <summary>A variable of another process' environment; null if either is not there.</summary>
    public static string? Variable(int pid, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/environ").Split('\0').FirstOrDefault(v => v.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static void Kill(int pid) => Signal(pid, 9);

    public static void Stop(int pid) => Signal(pid, SigStop);

    public static void Continue(int pid) => Signal(pid, SigCont);

    public static bool Exists(int pid) => Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (process is null) return;
        if (!process.HasExited)
        {
            Interrupt();
            try
            {
                await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is null) return;
        lock (output) output.Add(e.Data);
    }

    private static void Signal(int pid, int signal) => _ = NativeKill(pid, signal);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int NativeKill(int pid, int signal);
}
