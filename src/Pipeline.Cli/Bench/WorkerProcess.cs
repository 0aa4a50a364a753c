using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Pipeline.Inference;

namespace Pipeline.Cli.Bench;

/// <summary>The bench's end of a worker. Ends with it: a worker whose standard input closes stops.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process process;
    private readonly string name;

    private WorkerProcess(Process process, string name)
    {
        this.process = process;
        this.name = name;
    }

    /// <summary>Starts this program as a worker and waits until its engine is loaded and warm.</summary>
    /// <exception cref="InferenceException">The engine did not load; the worker's own message.</exception>
    internal static async Task<WorkerProcess> StartAsync(string name, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        // The process may be dotnet or a test host; this program's own executable lies beside its assembly.
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "pipeline.exe" : "pipeline");
        var isThere = File.Exists(program);
        var start = new ProcessStartInfo(isThere ? program : "dotnet") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        if (!isThere)
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "pipeline.dll"));
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        WorkerProcess worker;
        try
        {
            worker = new WorkerProcess(Process.Start(start)!, name);
        }
        catch (Win32Exception e)
        {
            throw new InferenceException($"The worker process for {name} did not start: {e.Message}", e);
        }

        try
        {
            await worker.AnswerAsync(cancellation);
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <exception cref="InferenceException">The worker failed or died.</exception>
    internal async Task<BenchMeasurement> MeasureAsync(BenchOrder order, CancellationToken cancellation)
    {
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order).AsMemory(), cancellation);
        await process.StandardInput.FlushAsync(cancellation);
        return await AnswerAsync(cancellation);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private async Task<BenchMeasurement> AnswerAsync(CancellationToken cancellation)
    {
        // Native libraries may print lines of their own; an answer is a JSON object.
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(cancellation);
        }
        while (line is not null && !line.StartsWith('{'));
        if (line is null)
        {
            await process.WaitForExitAsync(cancellation);
            throw new InferenceException($"The worker process for {name} died (exit code {process.ExitCode}). Out of memory is the usual cause; try fewer tokens.");
        }

        var measurement = JsonSerializer.Deserialize<BenchMeasurement>(line)!;
        return measurement.Error is { } error ? throw new InferenceException($"{name}: {error}") : measurement;
    }
}
