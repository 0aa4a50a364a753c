using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Azure;
using Pipeline.Models;
using Pipeline.Workflows;

namespace Pipeline.Cli.Jobs;

/// <summary>The single checks of <c>pipeline doctor</c>.</summary>
internal static class MachineChecks
{
    private const long NeededBytes = 4L << 30;

    public static Finding Processor()
    {
        var instructions = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "NEON" : "no AVX2";
        var found = $"{RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores, {instructions}";
        return instructions == "no AVX2"
            ? new("processor", FindingState.Optional, found, "Reading will be several times slower than on a processor with AVX2.")
            : new("processor", FindingState.Fine, found);
    }

    public static Finding Memory()
    {
        var bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var found = string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB");
        return bytes < NeededBytes
            ? new("memory", FindingState.Optional, found, "The default model with a document of 8,000 tokens needs about 2 GiB; larger models need more.")
            : new("memory", FindingState.Fine, found);
    }

    public static async Task<Finding> NodeAsync(CancellationToken cancellation)
    {
        var version = await OutputAsync("node", "--version", cancellation);
        var npm = await OutputAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "--version", cancellation);
        const string WayOut = "The local run needs it for the storage emulator: install Node.js 20 or newer with npm, or pass --connection-string to the local run.";
        if (version is null || npm is null) return new("Node.js, npm", FindingState.Missing, version is null ? "no node" : "no npm", WayOut);
        return int.TryParse(version.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture, out var major) && major >= 20
            ? new("Node.js, npm", FindingState.Fine, $"{version}, npm {npm}")
            : new("Node.js, npm", FindingState.Missing, version, WayOut);
    }

    public static async Task<Finding> TesseractAsync(CancellationToken cancellation)
        => await OutputAsync("tesseract", "--version", cancellation) is { } version
            ? new("OCR", FindingState.Fine, version)
            : new("OCR", FindingState.Optional, "no tesseract", "Scanned pages stay without text. Debian and Ubuntu: apt install tesseract-ocr; macOS: brew install tesseract.");

    public static Finding Parsers()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "parsers", "Pipeline.Documents.Parsers.dll");
        return File.Exists(file)
            ? new("parsers", FindingState.Fine, "beside the program")
            : new("parsers", FindingState.Missing, $"{file} is not there", "Build or publish the whole solution; the parsers are a process of their own.");
    }

    public static Finding Model(string? path)
    {
        try
        {
            var folder = ModelLocation.Open(path);
            folder.LoadPrompt();
            var bytes = new DirectoryInfo(folder.Path).GetFiles().Sum(f => f.Length);
            return new("model", FindingState.Fine, string.Create(CultureInfo.InvariantCulture, $"{folder.Name}, {folder.Config.ContextLength:N0} tokens, {bytes / 1e6:N0} MB"));
        }
        catch (Exception e) when (e is ModelFolderException or CommandFailure)
        {
            return new("model", FindingState.Missing, "none that works", e.Message);
        }
    }

    public static async Task<Finding> StorageAsync(ParseResult arguments, CancellationToken cancellation)
    {
        try
        {
            var storage = StorageChoice.Open(arguments);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            var missing = new List<string>();
            foreach (var name in StorageNames.Containers)
            {
                if (!await storage.Container(name).ExistsAsync(limit.Token)) missing.Add(name);
            }

            foreach (var name in StorageNames.Queues)
            {
                if (!await storage.Queue(name).ExistsAsync(limit.Token)) missing.Add(name);
            }

            return missing.Count == 0
                ? new("storage", FindingState.Fine, storage.BlobEndpoint.ToString())
                : new("storage", FindingState.Missing, $"{storage.BlobEndpoint} lacks {string.Join(", ", missing)}", "Start the local run once, or deploy with azd up; both create them.");
        }
        catch (CommandFailure)
        {
            return new("storage", FindingState.Optional, "no account named, no local run in this folder", "Needed by submit, status and the like only.");
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return new("storage", FindingState.Optional, "not reachable", "Is the local run going? A connection string it left behind may be out of date.");
        }
    }

    private static async Task<string?> OutputAsync(string program, string argument, CancellationToken cancellation)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? output.Split('\n')[0].Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
