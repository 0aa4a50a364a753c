using System.Diagnostics;
using System.Text.Json;
using Pipeline.Local.Processes;
using Pipeline.Workflows;
using Pipeline.Workflows.Analysis;

namespace Pipeline.Functions.Tests;

/// <summary>What is published is what the Functions host expects.</summary>
public sealed class LayoutTests
{
    private static readonly string[] Expected =
    [
        .. Activities.All, AnalyzeDocument.Name, "OnIntake", "OnServiceBusIntake", "OnWorkflowEvent", "OnIntakePoison", "OnExtractionPoison", "OnAnalysisPoison", "OnWorkflowEventPoison", "Sweep",
    ];

    [Fact]
    public async Task Publishing_puts_host_json_and_functions_beside_the_handler()
    {
        var folder = Directory.CreateTempSubdirectory("pipeline-publish-").FullName;
        // Without a runtime of its own, which would be downloaded here.
        var start = new ProcessStartInfo("dotnet", ["publish", Path.Combine(ProjectLayout.Root, "functions"), "-c", ConfigurationName, "--no-build", "-p:OwnRuntime=false", "-v", "q", "-o", folder]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var publish = Process.Start(start)!;
        var output = await publish.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await publish.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(publish.ExitCode == 0, output);

        using var host = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "host.json"), TestContext.Current.CancellationToken));
        var executable = host.RootElement.GetProperty("customHandler").GetProperty("description").GetProperty("defaultExecutablePath").GetString()!;
        Assert.True(File.Exists(Path.Combine(folder, executable)));
        var functions = Directory.GetDirectories(folder).Where(d => File.Exists(Path.Combine(d, "function.json"))).ToList();
        Assert.Equal(Expected.Order(StringComparer.Ordinal), functions.Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        // A lone other file would be taken for a script.
        Assert.All(functions, f => Assert.Single(Directory.GetFileSystemEntries(f)));
        Assert.False(File.Exists(Path.Combine(folder, "local.settings.json")));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Every_function_has_one_trigger_and_known_queues()
    {
        foreach (var name in Expected)
        {
            using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(ProjectLayout.HandlerFolder, name, "function.json")));
            var bindings = document.RootElement.GetProperty("bindings").EnumerateArray().ToList();
            var trigger = Assert.Single(bindings, b => b.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.Ordinal));
            Assert.Equal(bindings.Count, bindings.Select(b => b.GetProperty("name").GetString()).Distinct(StringComparer.OrdinalIgnoreCase).Count());
            if (trigger.GetProperty("type").GetString() == "queueTrigger") Assert.Contains(trigger.GetProperty("queueName").GetString()!, StorageNames.Queues);
        }
    }

    [Fact]
    public void Every_work_queues_poison_has_a_reader()
    {
        var read = Expected.Select(n => JsonDocument.Parse(File.ReadAllText(Path.Combine(ProjectLayout.HandlerFolder, n, "function.json"))).RootElement)
            .SelectMany(r => r.GetProperty("bindings").EnumerateArray()).Where(b => b.TryGetProperty("queueName", out _)).Select(b => b.GetProperty("queueName").GetString()!);
        Assert.Superset(StorageNames.WorkQueues.Select(q => q + StorageNames.PoisonSuffix).ToHashSet(StringComparer.Ordinal), read.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void Containers_and_queues_have_names_that_azure_takes()
        => Assert.All(StorageNames.Containers.Concat(StorageNames.Queues), name => Assert.Matches("^[a-z0-9](?:-?[a-z0-9]){2,62}$", name));

    private static string ConfigurationName => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
