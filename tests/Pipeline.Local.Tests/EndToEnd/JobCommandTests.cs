using System.Diagnostics;
using Pipeline.Local.Processes;
using Pipeline.Local.Tests.Harness;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Tests.EndToEnd;

/// <summary>The commands a user types, against a running pipeline.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class JobCommandTests
{
    [Fact]
    public async Task Submit_follow_fetch_and_delete_leave_nothing()
    {
        await using var setup = await PipelineSetup.CreateAsync(workers: 1);
        setup.Run.Start();
        await PathTests.WaitAsync(() => Task.FromResult(Workflows.ConnectionFile.Find(Path.Combine(setup.Folder, "run")) is not null));
        var file = Path.Combine(setup.Folder, "lease.md");
        await File.WriteAllTextAsync(file, Documents.Text(1, 20), TestContext.Current.CancellationToken);

        var submitted = await RunAsync(setup, "submit", file, "--question", "How much is the rent?", "-q", "Who pays?", "--wait");
        Assert.True(submitted.Code == 0, submitted.Output);
        var id = submitted.Output.Split(' ')[0];
        Assert.Contains("Succeeded", submitted.Output, StringComparison.Ordinal);
        Assert.Contains(id, (await RunAsync(setup, "list")).Output, StringComparison.Ordinal);
        Assert.Contains("\"state\": \"Succeeded\"", (await RunAsync(setup, "status", id, "--json")).Output, StringComparison.Ordinal);
        Assert.Contains("How much is the rent?", (await RunAsync(setup, "result", id)).Output, StringComparison.Ordinal);
        Assert.StartsWith("<!doctype html>", (await RunAsync(setup, "result", id, "--html")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(setup, "cancel", id)).Code);
        Assert.Equal(id, (await RunAsync(setup, "submit", file, "--question", "How much is the rent?", "-q", "Who pays?")).Output.Split(' ')[0]);

        // The worker holds the document's cache open until it ends.
        setup.Run.Interrupt();
        await setup.Run.ExitAsync(TimeSpan.FromSeconds(60));
        var deleted = await RunAsync(setup, "delete", id);
        Assert.True(deleted.Code == 0, deleted.Output);
        setup.Run.Start();
        await PathTests.WaitAsync(async () => await CountAsync(setup.Storage) == 0);
        Assert.Equal(1, (await RunAsync(setup, "status", id)).Code);
    }

    private static async Task<int> CountAsync(PipelineStorage storage)
    {
        var count = 0;
        foreach (var container in (Azure.Storage.Blobs.BlobContainerClient[])[storage.Analyses, storage.Documents, storage.Kv, storage.Requests, storage.Container(Workflows.StorageNames.SubmissionsContainer)])
        {
            await foreach (var _ in container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken)) count++;
        }

        return count;
    }

    private static async Task<(int Code, string Output)> RunAsync(PipelineSetup setup, params string[] arguments)
    {
        var start = new ProcessStartInfo(ProjectLayout.Executable(ProjectLayout.CliFolder, "pipeline"), [.. arguments, "--data", Path.Combine(setup.Folder, "run")]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
