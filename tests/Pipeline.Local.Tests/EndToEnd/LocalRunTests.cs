using Pipeline.Local.Processes;
using Pipeline.Local.Tests.Harness;

namespace Pipeline.Local.Tests.EndToEnd;

/// <summary>The command a user types, with its own emulator.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class LocalRunTests
{
    private static readonly Dictionary<string, string> Fast = new(StringComparer.Ordinal)
    {
        ["Worker__MaxAnswerTokens"] = "16",
        ["Worker__Threads"] = "1",
        ["Worker__LeaseSeconds"] = "15",
        ["Worker__VisibilitySeconds"] = "6",
        ["Pipeline__CheckSeconds"] = "3",
    };

    [Fact]
    public async Task Once_processes_a_folder_goes_on_after_a_kill_and_leaves_no_process()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Processes are found through /proc of Linux.");
        var folder = Directory.CreateTempSubdirectory("pipeline-local-").FullName;
        var samples = Directory.CreateDirectory(Path.Combine(folder, "samples")).FullName;
        Directory.CreateDirectory(Path.Combine(samples, "questions"));
        await File.WriteAllTextAsync(Path.Combine(samples, "lease.md"), Documents.Text(1, 40), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(samples, "other.md"), Documents.Text(2, 40), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(samples, "questions", "lease.json"), """{"questions":[{"id":"rent","text":"How much?"}]}""", TestContext.Current.CancellationToken);
        await using var run = new LocalProcess(
            Path.Combine(folder, "data"),
            ["--samples", samples, "--models", Path.Combine(ProjectLayout.Root, "tests", "models", "tiny"), "--model", "llama-16k", "--once", "--timer-seconds", "3"],
            Fast);
        run.Start();
        await PathTests.WaitAsync(() => Task.FromResult(run.Output.Contains("inbox/", StringComparison.Ordinal)));
        var children = run.Children("");
        Assert.True(children.Count >= 3, "Emulator, handler and worker were expected.");
        await run.KillAsync();
        await PathTests.WaitAsync(() => Task.FromResult(!children.Any(LocalProcess.Exists)));

        // Whatever the emulator had acknowledged is still there: the second run finds both documents where the first one left them.
        run.Start();
        await run.ExitAsync(TimeSpan.FromSeconds(90));
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("2 documents, 2 succeeded", run.Output, StringComparison.Ordinal);
        Assert.Contains("inbox/lease/lease.md", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(folder, "data", "results"), "*.html").Length);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(folder, "data", "results"), "*.json").Length);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Ctrl_c_ends_all_children()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Processes are found through /proc of Linux.");
        var folder = Directory.CreateTempSubdirectory("pipeline-local-").FullName;
        await using var run = new LocalProcess(folder, ["--samples", "none", "--models", Path.Combine(ProjectLayout.Root, "tests", "models", "tiny"), "--model", "llama-16k"], Fast);
        run.Start();
        await PathTests.WaitAsync(() => Task.FromResult(run.Children("Pipeline.Worker").Count > 0 && run.Children("Handler").Count > 0));
        var children = run.Children("");
        run.Interrupt();
        await run.ExitAsync(TimeSpan.FromSeconds(40));
        Assert.DoesNotContain(children, LocalProcess.Exists);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_document_that_fails_makes_the_exit_code_1()
    {
        var folder = Directory.CreateTempSubdirectory("pipeline-local-").FullName;
        var samples = Directory.CreateDirectory(Path.Combine(folder, "samples")).FullName;
        await File.WriteAllTextAsync(Path.Combine(samples, "broken.pdf"), "%PDF-1.7 nothing", TestContext.Current.CancellationToken);
        await using var run = new LocalProcess(
            Path.Combine(folder, "data"), ["--samples", samples, "--models", Path.Combine(ProjectLayout.Root, "tests", "models", "tiny"), "--model", "llama-16k", "--once"], Fast);
        run.Start();
        await run.ExitAsync(TimeSpan.FromSeconds(90));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("damaged", run.Output, StringComparison.OrdinalIgnoreCase);
        Directory.Delete(folder, recursive: true);
    }
}
