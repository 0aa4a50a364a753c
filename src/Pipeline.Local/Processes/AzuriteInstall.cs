using System.Diagnostics;
using System.Security.Cryptography;

namespace Pipeline.Local.Processes;

/// <summary>Installs the Azurite version of the committed lock file, once for each user and lock file.</summary>
internal static class AzuriteInstall
{
    private const string Done = ".installed";

    /// <returns>The folder with <c>start.js</c> and <c>node_modules</c>.</returns>
    /// <exception cref="LocalRunException">Node.js or npm is missing, or the installation failed.</exception>
    public static async Task<string> EnsureAsync(Action<string>? say = null, CancellationToken cancellation = default)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "azurite");
        var hash = SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"), cancellation));
        var target = Path.Combine(Root(), $"azurite-{Convert.ToHexStringLower(hash)[..12]}");
        Directory.CreateDirectory(target);
        // start.js may change without the lock file.
        File.Copy(Path.Combine(source, "start.js"), Path.Combine(target, "start.js"), overwrite: true);
        if (File.Exists(Path.Combine(target, Done))) return target;

        await using var turn = await TakeTurnAsync(Path.Combine(target, ".lock"), cancellation);
        if (File.Exists(Path.Combine(target, Done))) return target;
        say?.Invoke("Installing Azurite, the storage emulator (once, some 20 seconds)…");
        foreach (var name in (string[])["package.json", "package-lock.json"]) File.Copy(Path.Combine(source, name), Path.Combine(target, name), overwrite: true);
        await RunNpmAsync(target, cancellation);
        await File.WriteAllTextAsync(Path.Combine(target, Done), "", cancellation);
        return target;
    }

    private static string Root()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(string.IsNullOrEmpty(data) ? Path.GetTempPath() : data, "pipeline", "tools");
    }

    private static async Task RunNpmAsync(string folder, CancellationToken cancellation)
    {
        var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        var start = new ProcessStartInfo(npm, ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new LocalRunException("npm did not start.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new LocalRunException("Node.js with npm is needed for the storage emulator Azurite: install Node.js 20 or newer, or pass --connection-string for a storage account.", e);
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = await process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0) throw new LocalRunException($"npm ci failed in {folder}: {error.Trim()} {(await output).Trim()}");
        }
    }

    private static async Task<FileStream> TakeTurnAsync(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(200, cancellation);
            }
        }
    }
}
