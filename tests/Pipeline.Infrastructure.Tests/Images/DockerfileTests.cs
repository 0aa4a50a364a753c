using System.Text.RegularExpressions;

namespace Pipeline.Infrastructure.Tests.Images;

/// <summary>No container engine runs everywhere: what can be checked of the Dockerfile without one.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string Text = SourceTree.Read("Dockerfile");
    private static readonly string Final = Text[Text.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];

    [Fact]
    public void The_last_stage_runs_as_nobody_special()
    {
        var user = User().Matches(Final).Select(m => m.Groups[1].Value).Last();
        Assert.Matches("^[1-9][0-9]*$", user);
        Assert.True(Final.IndexOf("\nUSER", StringComparison.Ordinal) < Final.IndexOf("--self-test", StringComparison.Ordinal), "The self-test runs as the user that the worker runs as.");
    }

    [Fact]
    public void The_image_tests_itself_while_it_is_built() => Assert.Matches(@"RUN .*--self-test", Final);

    [Fact]
    public void Every_gpu_choice_has_a_base()
    {
        foreach (var choice in new[] { "none", "t4", "a100" }) Assert.Contains($" AS runtime-{choice}\n", Text, StringComparison.Ordinal);
        Assert.Contains("FROM runtime-${GPU}", Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Bases_have_a_version()
        => Assert.All(Base().Matches(Text).Select(m => m.Groups[1].Value).Where(b => b.Contains('/', StringComparison.Ordinal)), b => Assert.Matches(@":\d+\.\d+", b));

    [Fact]
    public async Task Each_language_of_scanned_pages_is_a_package()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "runs the Dockerfile's own command");
        var run = await ProgramRun.OfAsync("sh", ["-c", LanguagePackages().Match(Text).Groups[1].Value], environment: ("OCR_LANGUAGES", "deu+chi_sim"));
        Assert.Equal("tesseract-ocr-deu tesseract-ocr-chi-sim", run.All.Trim());
    }

    [Fact]
    public void Copied_folders_are_sent_to_the_builder()
    {
        var ignored = SourceTree.Read(".dockerignore").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var folder in new[] { "src", "models", "Directory.Packages.props" }) Assert.DoesNotContain(folder, ignored);
        Assert.Contains("**/bin", ignored);
        Assert.Contains(".azure", ignored);
    }

    [GeneratedRegex(@"\$\((echo ""\$OCR_LANGUAGES"".+?)\) &&")]
    private static partial Regex LanguagePackages();

    [GeneratedRegex(@"^USER (\S+)", RegexOptions.Multiline)]
    private static partial Regex User();

    [GeneratedRegex(@"^FROM (\S+)", RegexOptions.Multiline)]
    private static partial Regex Base();
}
