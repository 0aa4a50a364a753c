using System.Diagnostics;

namespace Pipeline.Cli.Tests;

/// <summary>Runs the program as a user does: a process with arguments, two outputs and an exit code.</summary>
internal static class CommandLine
{
    private static readonly string Root = FindRoot();

    public static string Tiny(string name) => Path.Combine(Root, "tests", "models", "tiny", name);

    /// <summary>A file beside the source tree, where a machine has it.</summary>
    public static string Shared(params string[] parts) => Path.GetFullPath(Path.Combine([Root, "..", "shared", .. parts]));

    public static string Corpus(string name) => Path.Combine(Root, "tests", "corpus", name);

    public static string DefaultModel => Path.Combine(Root, "models", "smollm2-135m-docqa");

    public static string Sample(string name) => Path.Combine(Root, "samples", name);

    public static async Task<CommandOutput> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new CommandOutput(process.ExitCode, await output, await error);
    }

    public static Process Start(params string[] arguments) => Start("dotnet", arguments);

    /// <summary>Starts the program so that SIGINT reaches it: a shell has its background jobs ignore that signal, and children inherit it.</summary>
    public static Process StartInterruptible(params string[] arguments) => Start("env", arguments, "--default-signal=INT", "dotnet");

    private static Process Start(string program, string[] arguments, params string[] before)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (string argument in before)
        {
            start.ArgumentList.Add(argument);
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "pipeline.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Pipeline.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Pipeline.sln was not found above the test binaries.");
    }
}

internal sealed record CommandOutput(int ExitCode, string Output, string Error)
{
    /// <summary>One line of error that holds <paramref name="words"/>, the last; no stack trace, nothing on standard output.</summary>
    public void IsRefusal(params string[] words)
    {
        Assert.NotEqual(0, ExitCode);
        Assert.Equal(string.Empty, Output);
        string[] lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string line = Assert.Single(lines, l => l.StartsWith("Error: ", StringComparison.Ordinal));
        Assert.Same(lines[^1], line);
        Assert.InRange(lines.Length, 1, 2); // what was read may stand before
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        foreach (string word in words)
        {
            Assert.Contains(word, line, StringComparison.OrdinalIgnoreCase);
        }
    }
}
