using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Pipeline.Cli.Tests.Ask;

public sealed class AskCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-ask-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Answers_every_question_and_says_what_it_read()
    {
        string file = Write("note.md", "# Note\nThe pump runs at 40 bar. It was built in 1998.\n");
        CommandOutput run = await AskAsync(file, "--question", "How old?", "--question", "Which pressure?", "--max-tokens", "5", "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument result = JsonDocument.Parse(run.Output);
        JsonElement answers = result.RootElement.GetProperty("answers");
        Assert.Equal(["How old?", "Which pressure?"], answers.EnumerateArray().Select(a => a.GetProperty("question").GetString()));
        int tokens = result.RootElement.GetProperty("document").GetProperty("tokens").GetInt32();
        foreach (JsonElement answer in answers.EnumerateArray())
        {
            JsonElement usage = answer.GetProperty("usage");
            Assert.Equal(tokens, usage.GetProperty("cachedTokens").GetInt32());
            Assert.Equal(usage.GetProperty("inputTokens").GetInt32(), tokens + usage.GetProperty("computedTokens").GetInt32());
            Assert.InRange(usage.GetProperty("outputTokens").GetInt32(), 1, 5);
            Assert.True(usage.GetProperty("prefillMs").GetDouble() > 0);
            Assert.True(usage.GetProperty("decodeMs").GetDouble() >= 0);
            Assert.Contains(answer.GetProperty("finishReason").GetString(), new[] { "stop", "length" });
        }

        // The fit is said before reading starts.
        Assert.Matches($@"note\.md: .* {tokens} tokens; fits llama \(512\)", run.Error);
    }

    [Fact]
    public async Task Answers_of_a_question_set_go_to_standard_output()
    {
        string set = Write("set.json", """{"name":"s","questions":[{"id":"age","text":"How old?"}]}""");
        CommandOutput run = await AskAsync(Write("a.txt", "Something to read."), "--questions", set, "--max-tokens", "3");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("Q  How old?", run.Output, StringComparison.Ordinal);
        Assert.Contains("A  ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_one_line_with_cause_and_way_out()
    {
        (await AskAsync(Write("empty.txt", string.Empty), "-q", "x")).IsRefusal("empty.txt", "no text");
        (await AskAsync(Write("blank.txt", "  \n "), "-q", "x")).IsRefusal("blank.txt", "no text");
        string binary = Path.Combine(folder, "binary.txt");
        byte[] bytes = new byte[5000];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(binary, bytes, TestContext.Current.CancellationToken);
        (await AskAsync(binary, "-q", "x")).IsRefusal("binary.txt");
        (await AskAsync(Path.Combine(folder, "none.txt"), "-q", "x")).IsRefusal("was not found");
        (await AskAsync(folder, "-q", "x")).IsRefusal("is a folder");
    }

    [Fact]
    public async Task Passwords_are_asked_for_where_they_help()
    {
        string locked = CommandLine.Corpus("hostile/encrypted-rc4-40.pdf");
        (await AskAsync(locked, "-q", "x")).IsRefusal("The document needs a password", "Give it with --password.");
        (await AskAsync(locked, "-q", "x", "--password", "other")).IsRefusal("does not open it");
        CommandOutput office = await AskAsync(CommandLine.Corpus("hostile/password-protected.docx"), "-q", "x");
        office.IsRefusal("Save it without a password.");
        Assert.DoesNotContain("--password", office.Error, StringComparison.Ordinal);
        CommandOutput opened = await AskAsync(locked, "-q", "x", "--password", "foo", "--max-tokens", "2");
        Assert.True(opened.ExitCode == 0, opened.Error);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_with_the_numbers()
    {
        string words = string.Join(' ', Enumerable.Range(0, 900).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        (await AskAsync(Write("long.txt", words), "-q", "x")).IsRefusal("512", "--model", "Nothing was cut");
        (await AskAsync(Write("short.txt", "Short."), "-q", words)).IsRefusal("Question 1", "512");
    }

    [Fact]
    public async Task Wrong_options_name_the_range()
    {
        string file = Write("a.txt", "Text.");
        (await AskAsync(file)).IsRefusal("There is no question", "--question");
        (await AskAsync(file, "-q", "x", "--max-tokens", "0")).IsRefusal("--max-tokens");
        (await AskAsync(file, "-q", "x", "--temperature", "-1")).IsRefusal("Temperature");
        (await AskAsync(file, "-q", "x", "--engine", "magic")).IsRefusal("magic", "native, ort, genai");
        (await AskAsync(file, "-q", "x", "--questions", Write("bad.json", "{\"questions\":"))).IsRefusal("bad.json", "question set");
        (await AskAsync(file, "-q", " ")).IsRefusal("Question 1", "empty");
    }

    [Fact]
    public async Task Broken_model_folders_are_one_line()
    {
        string file = Write("a.txt", "Text.");
        (await CommandLine.RunAsync("ask", file, "-q", "x", "--no-kv", "--model", Path.Combine(folder, "no-model"))).IsRefusal("no-model");
        (await CommandLine.RunAsync("ask", file, "-q", "x", "--no-kv", "--model", Broken(path => File.Delete(Path.Combine(path, "model.onnx"))))).IsRefusal("model.onnx");
        (await CommandLine.RunAsync("ask", file, "-q", "x", "--no-kv", "--model", Broken(path => Cut(Path.Combine(path, "model.onnx.data"))))).IsRefusal("cut short");
        (await CommandLine.RunAsync("ask", file, "-q", "x", "--no-kv", "--model", Broken(path => Cut(Path.Combine(path, "model.onnx"))))).IsRefusal("model.onnx");
        (await CommandLine.RunAsync("ask", file, "-q", "x", "--no-kv", "--model", Broken(path => File.WriteAllText(Path.Combine(path, "genai_config.json"), "{ oops")))).IsRefusal("genai_config.json");
    }

    [Fact]
    public async Task Interrupted_it_stops_within_a_second_or_so()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends SIGINT, through GNU env.");
        using Process process = CommandLine.StartInterruptible("ask", CommandLine.Sample("lease.md"), "-q", "How much is the rent?", "--no-kv");
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.StartsWith("Reading", StringComparison.Ordinal))
        {
        }

        long start = Stopwatch.GetTimestamp();
        Assert.Equal(0, Kill(process.Id, 2));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        TestContext.Current.TestOutputHelper!.WriteLine($"{took.TotalMilliseconds:F0} ms");

        // A second on an idle machine; twice that leaves room for a busy one, and is far below the time reading takes.
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(130, process.ExitCode);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private static Task<CommandOutput> AskAsync(string file, params string[] arguments)
        => CommandLine.RunAsync(["ask", file, "--model", CommandLine.Tiny("llama"), "--no-kv", .. arguments]);

    private static void Cut(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
    }

    private string Broken(Action<string> damage)
    {
        string path = Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName;
        foreach (string file in Directory.EnumerateFiles(CommandLine.Tiny("llama")))
        {
            File.Copy(file, Path.Combine(path, Path.GetFileName(file)));
        }

        damage(path);
        return path;
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
