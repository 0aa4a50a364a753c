using System.Diagnostics;
using System.Text.Json;

namespace Pipeline.Cli.Tests.Extract;

/// <summary>The command as a user runs it, in a process of its own.</summary>
public sealed class ExtractCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("extract-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Json_lines_hold_what_programs_need()
    {
        var note = Write("note.txt", "Erste Zeile. Zweite: „Größe“.");
        var picture = Write("scan.bin", "\u0089PNG\r\n\u001a\n");

        var (code, output, _) = await RunAsync("--json", "--text", note, picture);

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(14, code);
        Assert.Equal(["file", "mediaType", "outcome", "problem", "pages", "characters", "warnings", "text"], lines[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(note, lines[0].GetProperty("file").GetString());
        Assert.Equal("ok", lines[0].GetProperty("outcome").GetString());
        Assert.Equal(JsonValueKind.Null, lines[0].GetProperty("problem").ValueKind);
        Assert.Equal("Erste Zeile. Zweite: „Größe“.", lines[0].GetProperty("text").GetString());
        Assert.Equal("""[{"number":1,"start":0,"end":29,"outcome":"ok"}]""", lines[0].GetProperty("pages").GetRawText());
        Assert.Equal("urn:pipeline:problem:unsupported-format", lines[1].GetProperty("problem").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Text_goes_to_standard_output_and_the_table_to_standard_error()
    {
        var (code, output, errors) = await RunAsync("--text", Write("note.md", "# Title\n\nBody."));

        Assert.Equal(0, code);
        Assert.Equal("# Title\n\nBody.", output.TrimEnd());
        Assert.Contains("markdown", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_named_and_the_others_are_read()
    {
        var (code, output, _) = await RunAsync("--json", Path.Combine(folder.FullName, "missing.pdf"), Write("note.txt", "text"));

        Assert.Equal(1, code);
        Assert.Contains("\"unreadable\"", output, StringComparison.Ordinal);
        Assert.Contains("missing.pdf", output, StringComparison.Ordinal);
        Assert.Contains("\"ok\"", output, StringComparison.Ordinal);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, content, name.EndsWith(".bin", StringComparison.Ordinal) ? System.Text.Encoding.Latin1 : new System.Text.UTF8Encoding(false));
        return path;
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "pipeline.dll"), "extract", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
