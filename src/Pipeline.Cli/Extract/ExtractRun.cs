using Pipeline.Documents;

namespace Pipeline.Cli.Extract;

/// <summary>Reads files, several at a time, and reports them in the order they were given.</summary>
internal sealed class ExtractRun(DocumentExtractor extractor, int parallel, string? password)
{
    /// <returns>The highest exit code of the files.</returns>
    public async Task<int> ReadAsync(IReadOnlyList<string> files, Action<ExtractedFile> report, CancellationToken cancellation)
    {
        var code = ExtractExitCode.Ok;
        var running = new Queue<Task<ExtractedFile>>();
        foreach (var file in files)
        {
            if (running.Count == parallel)
            {
                code = Math.Max(code, Report(await running.Dequeue(), report));
            }

            running.Enqueue(ReadAsync(file, cancellation));
        }

        while (running.Count > 0)
        {
            code = Math.Max(code, Report(await running.Dequeue(), report));
        }

        return code;
    }

    private static int Report(ExtractedFile file, Action<ExtractedFile> report)
    {
        report(file);
        return ExtractExitCode.Of(file);
    }

    private async Task<ExtractedFile> ReadAsync(string file, CancellationToken cancellation)
    {
        if (Directory.Exists(file))
        {
            return new(file, null, "It is a folder. Name the files in it.");
        }

        try
        {
            return new(file, await extractor.ExtractAsync(file, password, cancellation), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new(file, null, e.Message);
        }
    }
}
