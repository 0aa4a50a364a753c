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

    [Fact]
    public async Task Outcomes_decide_the_exit_code_and_the_table_says_what_to_do()
    {
        var locked = CommandLine.Corpus("hostile/encrypted-rc4-40.pdf");

        var (code, output, _) = await RunAsync(Write("note.txt", "Text."), Write("blank.txt", " "), locked, CommandLine.Corpus("hostile/password-protected.docx"), folder.FullName);

        Assert.Equal(13, code);
        Assert.Contains("blank.txt: The document holds no letter and no digit.", OneLine(output), StringComparison.Ordinal);
        Assert.Contains("encrypted-rc4-40.pdf: The PDF is encrypted: give its password.", OneLine(output), StringComparison.Ordinal);
        Assert.Contains("password-protected.docx: The Office document is encrypted with a password, and this program cannot open such files. Save it without a password.", OneLine(output), StringComparison.Ordinal);
        Assert.Contains("It is a folder. Name the files in it.", OneLine(output), StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(locked, "--password", "foo")).Code);
        Assert.Equal(13, (await RunAsync(locked, "--password", "other")).Code);
    }

    [Fact]
    public async Task Help_shows_examples_and_exit_codes()
    {
        var (code, output, _) = await RunAsync("--help");

        Assert.Equal(0, code);
        Assert.Contains("pipeline extract contracts/*.pdf", output, StringComparison.Ordinal);
        Assert.Contains("13 encrypted", OneLine(output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_option_is_one_line()
    {
        var (code, output, errors) = await RunAsync(Write("note.txt", "Text."), "--languages", "../eng");

        Assert.Equal((1, string.Empty), (code, output));
        Assert.StartsWith("Error: Ocr.Languages must be 1 to 20 names such as eng, deu or chi_sim.", errors, StringComparison.Ordinal);
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

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
