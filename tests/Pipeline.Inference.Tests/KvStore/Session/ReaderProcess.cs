using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Inference.Tests.KvStore.Session;

/// <summary>A process of its own that reads a document of random tokens into a store.</summary>
internal sealed class ReaderProcess : IDisposable
{
    private readonly Process process;

    /// <param name="model">The model's folder.</param>
    /// <param name="store">The store's directory.</param>
    /// <param name="tokens">Length of the document.</param>
    /// <param name="seed">Which document.</param>
    /// <param name="chunk">Tokens read at once.</param>
    /// <param name="killAt">The file change before which the process kills itself.</param>
    public ReaderProcess(string model, string store, int tokens, int seed, int chunk, int? killAt = null)
    {
        // The reader's assembly is copied beside the tests'.
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Pipeline.Inference.KvReader.dll"));
        foreach (var argument in (object?[])[model, store, tokens, seed, chunk, killAt])
        {
            if (argument is not null)
            {
                start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"{argument}"));
            }
        }

        process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
    }

    /// <summary>Tokens it had read when it ended.</summary>
    public int TokensRead { get; private set; }

    /// <summary>Its file changes when it ended, or -1 when it was killed.</summary>
    public int Steps { get; private set; } = -1;

    /// <summary>Waits for the end of the process; kills it some time after it has read something.</summary>
    public void Wait(TimeSpan? killAfter = null)
    {
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var parts = line.Split(' ');
            var value = int.Parse(parts[1], CultureInfo.InvariantCulture);
            if (parts[0] == "done")
            {
                Steps = value;
                continue;
            }

            TokensRead = value;
            if (killAfter is { } delay && value > 0)
            {
                killAfter = null;
                CancellationToken.None.WaitHandle.WaitOne(delay);
                process.Kill();
            }
        }

        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }
}
