using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;

namespace Pipeline.Cli.Tests.Bench;

/// <summary>The command as a user runs it, in a process of its own.</summary>
public sealed class BenchCommandTests
{
    private static readonly string Tiny = Path.Combine(FindRoot(), "tests", "models", "tiny");

    [Fact]
    public async Task TwoEnginesAreMeasuredSideBySideAndDrawn()
    {
        var plot = Path.Combine(Directory.CreateTempSubdirectory("pipeline-bench").FullName, "plot.svg");

        var (code, output, error) = await RunAsync(
            "--model", Path.Combine(Tiny, "llama"), "--tokens", "64,200", "--engines", "native,ort", "--questions", "3", "--answer-tokens", "4",
            "--repeats", "2", "--threads", "1", "--json", "--plot", plot);

        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(output);
        var root = json.RootElement;
        Assert.Equal("llama", root.GetProperty("model").GetString());
        Assert.EndsWith(", 1 threads", root.GetProperty("device").GetString(), StringComparison.Ordinal);
        Assert.True(root.GetProperty("sgemmGflops").GetDouble() > 0.1);
        var runs = root.GetProperty("runs").EnumerateArray().ToArray();
        Assert.Equal(
            ["native 64", "ort 64", "native 200", "ort 200"],
            runs.Select(r => $"{r.GetProperty("engine").GetString()} {r.GetProperty("tokens").GetInt32()}"));
        Assert.All(runs, r =>
        {
            Assert.True(r.GetProperty("prefillTokensPerSecond").GetDouble() > 0);
            Assert.True(r.GetProperty("decodeTokensPerSecond").GetDouble() > 0);
            Assert.Equal(3, r.GetProperty("questions").GetInt32());
            Assert.True(r.GetProperty("questionTokensPerSecond").GetDouble() > 0);
            Assert.InRange(r.GetProperty("percentOfSgemm").GetDouble(), 0.0, 1000);
            Assert.Equal(2, r.GetProperty("medianOf").GetInt32());
            Assert.StartsWith("chunks of ", r.GetProperty("settings").GetString(), StringComparison.Ordinal);
            Assert.Equal(OperatingSystem.IsLinux(), r.GetProperty("peakMemoryBytes").ValueKind == JsonValueKind.Number);
        });
        XNamespace svg = "http://www.w3.org/2000/svg";
        var drawing = XDocument.Load(plot);
        Assert.Equal(svg + "svg", drawing.Root!.Name);
        var texts = drawing.Descendants(svg + "text").Select(t => t.Value).ToArray();
        Assert.Contains("native", texts);
        Assert.Contains("ort", texts);
        Assert.Contains("Reading the document, tokens/s", texts);
        Assert.Contains("3 questions together, answer tokens/s", texts);
    }

    [Theory]
    [InlineData("There is no engine vllm", "--engines", "native,vllm")]
    [InlineData("--tokens takes whole numbers", "--tokens", "12x")]
    [InlineData("do not fit llama, which holds 512; up to 384 do", "--tokens", "500")]
    [InlineData("--repeats 0 is out of range", "--repeats", "0")]
    [InlineData("There is no provider tpu", "--provider", "tpu")]
    public async Task WhatCannotBeMeasuredIsNamed(string message, string option, string value)
    {
        var (code, output, error) = await RunAsync("--model", Path.Combine(Tiny, "llama"), option, value);

        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEngineThatDoesNotLoadSaysWhy()
    {
        var (code, _, error) = await RunAsync(
            "--model", Path.Combine(Tiny, "llama"), "--tokens", "64", "--engines", "genai", "--genai-library", "/nowhere/genai.so");

        Assert.Equal(1, code);
        Assert.Contains("/nowhere/genai.so does not exist", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "pipeline.exe" : "pipeline"))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("bench");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Pipeline.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Pipeline.sln was not found above the test binaries.");
    }
}
