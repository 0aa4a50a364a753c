using System.Text.Json;
using System.Text.RegularExpressions;
using Pipeline.Infrastructure.Tests.Bicep;

namespace Pipeline.Infrastructure.Tests.Azd;

/// <summary>azd itself does not run here; what it reads and calls is looked at one by one.</summary>
public sealed partial class ProjectFileTests(CompiledTemplate template)
{
    private static readonly string Project = SourceTree.Read("azure.yaml");

    [Fact]
    public void Every_service_has_a_resource_with_its_tag()
    {
        var services = Service().Matches(Services()).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(["functions", "extract", "analyze"], services);
        Assert.Contains("'azd-service-name', 'functions'", template.Text, StringComparison.Ordinal);
        Assert.Contains("'azd-service-name', parameters('role')", template.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Named_files_are_there()
    {
        // azd publishes the one project file in a dotnet service's folder.
        Assert.Single(Directory.GetFiles(SourceTree.Path("functions"), "*.*proj"));
        foreach (Match path in Named().Matches(Project)) Assert.True(File.Exists(SourceTree.Path(path.Groups[1].Value)), path.Groups[1].Value);
        Assert.Equal(4, Named().Count(Project));
    }

    [Fact]
    public void Hooks_are_there_for_both_kinds_of_shell_and_do_the_same()
    {
        Assert.Equal(Commands("postdeploy.sh"), Commands("postdeploy.ps1"));
        Assert.NotEmpty(Commands("postdeploy.sh"));
        Assert.StartsWith("#!/bin/sh\n", SourceTree.Read("infra", "hooks", "postdeploy.sh"), StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_are_those_of_the_template_and_all_required_ones_are_given()
    {
        using var file = JsonDocument.Parse(SourceTree.Read("infra", "main.parameters.json"));
        var given = file.RootElement.GetProperty("parameters").EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var known = template.Root.GetProperty("parameters").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.TryGetProperty("defaultValue", out _), StringComparer.Ordinal);
        Assert.Subset(known.Keys.ToHashSet(StringComparer.Ordinal), given);
        Assert.Superset(known.Where(p => !p.Value).Select(p => p.Key).ToHashSet(StringComparer.Ordinal), given);
    }

    private static string Services() => Project[Project.IndexOf("services:", StringComparison.Ordinal)..Project.IndexOf("hooks:", StringComparison.Ordinal)];

    private static List<string> Commands(string file)
        => [.. SourceTree.Read("infra", "hooks", file).Split('\n').Where(l => l.StartsWith("dotnet ", StringComparison.Ordinal)).Select(l => l.Trim())];

    [GeneratedRegex(@"^  (\w+):\s*$", RegexOptions.Multiline)]
    private static partial Regex Service();

    [GeneratedRegex(@"(?:path|run): \./(\S+)")]
    private static partial Regex Named();
}
