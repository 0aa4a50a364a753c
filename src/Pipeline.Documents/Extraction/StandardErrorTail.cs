using System.Diagnostics;
using System.Text;

namespace Pipeline.Documents;

/// <summary>Drains a process's standard error and keeps its beginning, which names the cause when a runtime dies.</summary>
internal sealed class StandardErrorTail
{
    private const int KeptBytes = 4096;
    private readonly StringBuilder kept = new();
    private readonly Lock gate = new();

    private StandardErrorTail(Process process) => Completion = DrainAsync(process);

    /// <summary>Ends when the process has closed its standard error.</summary>
    public Task Completion { get; }

    public static StandardErrorTail Attach(Process process) => new(process);

    public string Text
    {
        get
        {
            lock (gate)
            {
                return kept.ToString();
            }
        }
    }

    public bool SaysStackOverflow => Text.Contains("Stack overflow", StringComparison.Ordinal);

    public bool SaysOutOfMemory =>
        Text.Contains("Out of memory", StringComparison.OrdinalIgnoreCase)
        || Text.Contains("OutOfMemoryException", StringComparison.Ordinal);

    private async Task DrainAsync(Process process)
    {
        var buffer = new byte[KeptBytes];
        var stream = process.StandardError.BaseStream;
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer)) > 0)
            {
                lock (gate)
                {
                    var room = KeptBytes - kept.Length;
                    if (room > 0)
                    {
                        kept.Append(Encoding.UTF8.GetString(buffer, 0, read).AsSpan()[..Math.Min(room, Encoding.UTF8.GetCharCount(buffer, 0, read))]);
                    }
                }

                if (SaysStackOverflow)
                {
                    // The runtime goes on printing every frame of the stack for seconds; nothing in there is needed.
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The pipe or the process is gone; what was read is kept.
        }
    }
}
