using System.Globalization;

namespace Pipeline.Cli.Bench;

/// <summary>This process's memory as Linux counts it (proc(5): status, clear_refs).</summary>
internal static class ProcessMemory
{
    /// <summary>Bytes in memory now; null on other systems.</summary>
    internal static long? Resident() => Read("VmRSS:");

    /// <summary>Most bytes in memory since the last <see cref="ResetPeak"/>; null on other systems.</summary>
    internal static long? Peak() => Read("VmHWM:");

    /// <summary>Begins a new peak.</summary>
    /// <returns>False where the system does not allow it: peaks count from the process's start then.</returns>
    internal static bool ResetPeak()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long? Read(string field)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(field.Length).Trim().TrimEnd("kB ").Trim(), NumberStyles.None, CultureInfo.InvariantCulture) * 1024;
    }
}
