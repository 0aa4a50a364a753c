using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Cli.Kv.Bench;

/// <summary>Takes files out of the system's page cache (POSIX.1-2017, posix_fadvise), so that they are read from the disk.</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Why files in this directory can't be dropped; null where they can.</summary>
    internal static string? WhyNotDropped(string directory) =>
        !OperatingSystem.IsLinux() ? "the page cache can be dropped on Linux only"
        : new DriveInfo(directory).DriveFormat is "tmpfs" or "ramfs" ? $"{directory} is in memory; name a directory on a disk with --on"
        : null;

    /// <summary>Drops all files under a directory.</summary>
    internal static void Drop(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(file); // pages that are not written yet stay
            var error = Advise(file, 0, 0, DontNeed);
            if (error != 0)
            {
                throw new IOException($"'{path}' can't be dropped from the page cache: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
