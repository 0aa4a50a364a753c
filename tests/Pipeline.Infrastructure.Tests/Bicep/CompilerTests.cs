namespace Pipeline.Infrastructure.Tests.Bicep;

public sealed class CompilerTests(CompiledTemplate template)
{
    [Fact]
    public void Builds_without_a_warning() => Assert.Equal("", template.Remarks.Trim());

    [Fact]
    public async Task The_linter_has_nothing_to_say()
    {
        var run = await CompiledTemplate.RunAsync("lint", SourceTree.Path("infra", "main.bicep"));
        Assert.Equal((0, ""), (run.ExitCode, run.All.Trim()));
    }
}
