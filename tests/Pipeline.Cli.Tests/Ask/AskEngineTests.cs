using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Pipeline.Cli.Tests.Ask;

/// <summary>The engines beside our own, as users of the command meet them on a processor.</summary>
public sealed class AskEngineTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-ask-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("ort")]
    [InlineData("genai")]
    public async Task An_engine_gives_the_answers_of_our_own(string engine)
    {
        string file = Write("note.md", "# Note\nThe pump runs at 40 bar. It was built in 1998.\n");
        string[] rest = ["-q", "How old?", "-q", "Which pressure?", "--max-tokens", "8", "--json", "--no-kv", "--model", CommandLine.Tiny("llama")];
        CommandOutput ours = await CommandLine.RunAsync(["ask", file, .. rest]);
        CommandOutput run = await CommandLine.RunAsync(["ask", file, .. rest, .. Engine(engine)]);
        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument result = JsonDocument.Parse(run.Output);
        Assert.Equal(engine, result.RootElement.GetProperty("model").GetProperty("engine").GetString());
        using JsonDocument expected = JsonDocument.Parse(ours.Output);
        Assert.Equal(Answers(expected), Answers(result));
    }

    [Theory]
    [InlineData("ort")]
    [InlineData("genai")]
    public async Task What_does_not_fit_is_refused_with_the_numbers(string engine)
    {
        string file = Write("long.txt", string.Join(' ', Enumerable.Range(0, 900)));
        (await CommandLine.RunAsync(["ask", file, "-q", "x", "--no-kv", "--model", CommandLine.Tiny("llama"), .. Engine(engine)])).IsRefusal("tokens; llama holds 512", "--model", "Nothing was cut");
    }

    [Fact]
    public async Task A_missing_library_is_one_line_with_the_way_out() =>
        (await CommandLine.RunAsync("ask", Write("a.txt", "Text."), "-q", "x", "--no-kv", "--model", CommandLine.Tiny("llama"), "--engine", "genai", "--genai-library", "/nowhere/lib.so"))
            .IsRefusal("/nowhere/lib.so does not exist", "Microsoft.ML.OnnxRuntimeGenAI", "--genai-library", "PIPELINE_GENAI_LIBRARY", "engine native");

    [Theory]
    [InlineData("ort")]
    [InlineData("genai")]
    public async Task Interrupted_it_stops_within_a_chunk(string engine)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends SIGINT, through GNU env.");
        using Process process = CommandLine.StartInterruptible(["ask", CommandLine.Sample("lease.md"), "-q", "How much is the rent?", "--no-kv", "--chunk", "128", .. Engine(engine)]);
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.StartsWith("Reading", StringComparison.Ordinal))
        {
        }

        long start = Stopwatch.GetTimestamp();
        Assert.Equal(0, Kill(process.Id, 2));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        TestContext.Current.TestOutputHelper!.WriteLine($"{took.TotalMilliseconds:F0} ms");

        // A chunk of 128 tokens takes a third of a second; reading on would take six.
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(130, process.ExitCode);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private static string[] Answers(JsonDocument result) => [.. result.RootElement.GetProperty("answers").EnumerateArray().Select(a => a.GetProperty("text").GetString()!)];

    private static string[] Engine(string name)
    {
        if (name != "genai")
        {
            return ["--engine", name];
        }

        string file = Environment.GetEnvironmentVariable("PIPELINE_GENAI_LIBRARY") is { Length: > 0 } named ? named : CommandLine.Shared("native", "linux-x64", "libonnxruntime-genai.so");
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(file), "Needs the ONNX Runtime GenAI library for Linux x64: set PIPELINE_GENAI_LIBRARY to its file.");
        return ["--engine", name, "--genai-library", file];
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
