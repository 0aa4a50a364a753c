using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Pipeline.Documents.Protocol;

namespace Pipeline.Documents;

/// <summary>One parser process: started with a cleared environment, watched, and killed when it exceeds a limit.</summary>
internal sealed class ParserProcess : IAsyncDisposable
{
    /// <summary>What the child's environment keeps: Windows needs the first to start, the rest name folders.</summary>
    private static readonly string[] KeptVariables = ["SystemRoot", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH", "DOTNET_ROOT"];

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StandardErrorTail errors;
    private readonly ExtractionOptions options;
    private readonly TimeProvider time;

    private ParserProcess(Process process, ExtractionOptions options, TimeProvider time)
    {
        this.process = process;
        this.options = options;
        this.time = time;
        errors = StandardErrorTail.Attach(process);
    }

    /// <summary>Documents it has parsed.</summary>
    public int Documents { get; private set; }

    /// <summary>Largest resident size seen while parsing, in bytes.</summary>
    public long PeakResidentBytes { get; private set; }

    public int Id => process.Id;

    /// <summary>Whether it can take another document.</summary>
    public bool IsUsable => !process.HasExited && Documents < options.DocumentsPerProcess && ResidentBytes() < options.MemoryLimitBytes / 2;

    /// <exception cref="InvalidOperationException">The process does not start; the message holds what it printed.</exception>
    public static async Task<ParserProcess> StartAsync(
        ParserCommand command, ExtractionOptions options, TimeProvider time, CancellationToken cancellation)
    {
        Process started;
        try
        {
            started = Process.Start(StartInfo(command, options))!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"The document parsers cannot be started ({command.Program}): {e.Message}", e);
        }

        var parser = new ParserProcess(started, options, time);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(StartLimit);
            var frame = await Frames.ReadAsync(started.StandardOutput.BaseStream, 0, limit.Token);
            if (frame?.Kind == FrameKind.Ready)
            {
                return parser;
            }

            await parser.errors.Completion;
            throw new InvalidOperationException($"The document parsers ended at once: {parser.errors.Text.Trim()}");
        }
        catch (Exception e)
        {
            await parser.DisposeAsync();
            if (e is OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new InvalidOperationException($"The document parsers did not start within {StartLimit.TotalSeconds:0} s.", e);
            }

            throw;
        }
    }

    /// <summary>Sends a document and waits for its text.</summary>
    /// <exception cref="ParserFailure">A limit was exceeded or the process died; it is of no more use.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled; the process was killed.</exception>
    public async Task<ExtractedDocument> ParseAsync(ExtractionRequest request, Stream content, CancellationToken cancellation)
    {
        Documents++;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var budget = new TimeBudget(options.TimeLimit, options.Ocr.PageTimeLimit, stop, time);
        var watch = WatchMemoryAsync(stop);
        try
        {
            await SendAsync(request, content, stop.Token);
            return await ReceiveAsync(budget, stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidDataException or System.Text.Json.JsonException)
        {
            Kill();
            cancellation.ThrowIfCancellationRequested();
            throw await ExplainAsync(e, budget, memoryExceeded: watch.IsCompletedSuccessfully && watch.Result);
        }
        finally
        {
            budget.Dispose();
            await stop.CancelAsync();
            await watch;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await errors.Completion.WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        process.Dispose();
    }

    private static ProcessStartInfo StartInfo(ParserCommand command, ExtractionOptions options)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            WorkingDirectory = command.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        var kept = KeptVariables
            .Select(name => (name, value: Environment.GetEnvironmentVariable(name)))
            .Where(variable => variable.value is not null)
            .ToArray();
        start.Environment.Clear();
        foreach (var (name, value) in kept)
        {
            start.Environment[name] = value;
        }

        start.Environment["DOTNET_GCHeapHardLimit"] = (options.MemoryLimitBytes / 5 * 4).ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }

    private async Task SendAsync(ExtractionRequest request, Stream content, CancellationToken cancellation)
    {
        var pipe = process.StandardInput.BaseStream;
        var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(request, ExtractionJson.Default.ExtractionRequest);
        await Frames.WriteAsync(pipe, FrameKind.Request, json, cancellation);
        var buffer = new byte[Frames.ContentBytes];
        long total = 0;
        int read;
        while ((read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation)) > 0)
        {
            total += read;
            if (total > options.MaxInputBytes)
            {
                Kill();
                throw new ParserFailure(
                    ExtractionOutcome.TooLarge,
                    $"The file has more than the {options.MaxInputBytes:N0} bytes allowed. Raise MaxInputBytes or split the file.");
            }

            await Frames.WriteAsync(pipe, FrameKind.Content, buffer.AsMemory(0, read), cancellation);
        }

        await Frames.WriteAsync(pipe, FrameKind.EndOfContent, default, cancellation);
        await pipe.FlushAsync(cancellation);
    }

    private async Task<ExtractedDocument> ReceiveAsync(TimeBudget budget, CancellationToken cancellation)
    {
        // Six bytes for a character covers escaped text, the rest pages, sentences and the copy that a container holds of its children.
        var most = Math.Min(int.MaxValue, (16L * options.MaxTextCharacters) + (16 * 1024 * 1024));
        while (await Frames.ReadAsync(process.StandardOutput.BaseStream, most, cancellation) is { } frame)
        {
            switch (frame.Kind)
            {
                case FrameKind.OcrPage:
                    budget.AddPage();
                    break;
                case FrameKind.Result:
                    var document = ExtractedDocument.FromJson(frame.Payload);
                    ResultCheck.Verify(document);
                    return document;
                default:
                    throw new InvalidDataException($"The parser process sent an unexpected frame ({frame.Kind}).");
            }
        }

        throw new EndOfStreamException("The parser process closed its output.");
    }

    private async Task<bool> WatchMemoryAsync(CancellationTokenSource stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                var resident = ResidentBytes();
                PeakResidentBytes = Math.Max(PeakResidentBytes, resident);
                if (resident > options.MemoryLimitBytes)
                {
                    Kill();
                    await stop.CancelAsync();
                    return true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The document is done.
        }

        return false;
    }

    private async Task<ParserFailure> ExplainAsync(Exception cause, TimeBudget budget, bool memoryExceeded)
    {
        await errors.Completion.WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var memory = $"{options.MemoryLimitBytes / (1024 * 1024):N0} MiB";
        if (memoryExceeded || errors.SaysOutOfMemory)
        {
            return new(ExtractionOutcome.TooLarge, $"Parsing the document takes more than the {memory} of memory allowed. Raise MemoryLimitBytes if the file is trusted.");
        }

        if (cause is OperationCanceledException)
        {
            return new(ExtractionOutcome.TimedOut, $"The document was not parsed within {budget.Total.TotalSeconds:0.#} s. Raise TimeLimit if the file is trusted.");
        }

        if (errors.SaysStackOverflow)
        {
            return new(ExtractionOutcome.Crashed, "The parser process died of a stack overflow: the document nests its parts too deeply.");
        }

        return cause is InvalidDataException or System.Text.Json.JsonException
            ? new(ExtractionOutcome.Crashed, $"The parser process gave no usable answer: {cause.Message}")
            : new(ExtractionOutcome.Crashed, $"The parser process died{ExitCode()}. The document is damaged or hostile; other documents are not affected.");
    }

    private string ExitCode()
    {
        try
        {
            return process.WaitForExit(1000) ? $" (exit code {process.ExitCode})" : string.Empty;
        }
        catch (InvalidOperationException)
        {
            return string.Empty;
        }
    }

    private long ResidentBytes()
    {
        try
        {
            process.Refresh();
            return process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    private void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }
}
