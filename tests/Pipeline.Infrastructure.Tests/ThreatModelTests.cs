using System.Text.RegularExpressions;

namespace Pipeline.Infrastructure.Tests;

/// <summary>A threat counts as covered only if the test that the page names is there.</summary>
public sealed partial class ThreatModelTests
{
    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        var rows = SourceTree.Read("docs", "azure", "threat-model.md").Split('\n').Where(l => l.StartsWith('|')).Skip(2).Select(l => l.Trim('|', ' ').Split(" | ")).ToList();
        Assert.InRange(rows.Count, 10, 30);
        var tests = Directory.GetFiles(SourceTree.Path("tests"), "*Tests.cs", SearchOption.AllDirectories).SelectMany(f => Declared().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var named = Quoted().Matches(row[2]).Select(m => m.Groups[1].Value).ToList();
            Assert.True(named.Count > 0, $"No test is named for: {row[0]}");
            Assert.All(named, name => Assert.Contains(name, tests));
        }
    }

    [GeneratedRegex(@"(?:class|Task|void) (\w+)")]
    private static partial Regex Declared();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
