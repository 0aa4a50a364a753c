using System.Text.Json;
using Pipeline.Workflows;

namespace Pipeline.Infrastructure.Tests.Bicep;

public sealed class StorageTests(CompiledTemplate template)
{
    [Fact]
    public void Containers_are_those_of_the_code()
        => Assert.Equal(StorageNames.Containers.Order(StringComparer.Ordinal), Names("containers").Order(StringComparer.Ordinal));

    [Fact]
    public void Queues_are_those_of_the_code_with_their_poison_queues()
        => Assert.Equal(StorageNames.Queues.Order(StringComparer.Ordinal), Names("queues").Order(StringComparer.Ordinal));

    [Fact]
    public void Documents_lie_in_an_account_apart_from_the_hosts()
    {
        Assert.Equal(2, template.Resources("Microsoft.Storage/storageAccounts").Count(a => a.TryGetProperty("properties", out _)));
        var settings = template.Module("functions").GetProperty("resources").ToString();
        Assert.Contains("DataStorage__accountName", settings, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(SourceTree.Path("functions"), "function.json", SearchOption.AllDirectories).Where(f => !f.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
        {
            using var function = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var binding in function.RootElement.GetProperty("bindings").EnumerateArray())
            {
                if (binding.GetProperty("type").GetString() == "queueTrigger") Assert.Equal("DataStorage", binding.GetProperty("connection").GetString());
            }
        }
    }

    [Fact]
    public void What_can_rebuild_a_document_expires()
    {
        var rules = CompiledTemplate.Resources(template.Module("data-storage")).Single(r => r.GetProperty("type").GetString() == "Microsoft.Storage/storageAccounts/managementPolicies")
            .GetProperty("properties").GetProperty("policy").GetProperty("rules").EnumerateArray().ToDictionary(r => r.GetProperty("name").GetString()!, r => r.GetProperty("definition"), StringComparer.Ordinal);
        Assert.Equal(["kv-cache/"], Prefixes(rules["kv-cache"]));
        Assert.Equal("[parameters('kvRetentionDays')]", Days(rules["kv-cache"]));
        Assert.Equal("[parameters('retentionDays')]", Days(rules["documents-and-answers"]));
        var expiring = rules.Values.SelectMany(Prefixes).Select(p => p.TrimEnd('/')).ToHashSet(StringComparer.Ordinal);
        // Configuration stays; everything made from documents goes.
        Assert.Equal(StorageNames.Containers.Except([StorageNames.QuestionSetsContainer, StorageNames.ModelsContainer]).ToHashSet(StringComparer.Ordinal), expiring);
    }

    private IEnumerable<string> Names(string kind)
        => CompiledTemplate.Loaded(template.Module("data-storage"), kind).GetProperty(kind).EnumerateArray().Select(n => n.GetString()!);

    private static string[] Prefixes(JsonElement definition) => [.. definition.GetProperty("filters").GetProperty("prefixMatch").EnumerateArray().Select(p => p.GetString()!)];

    private static string Days(JsonElement definition)
        => definition.GetProperty("actions").GetProperty("baseBlob").GetProperty("delete").GetProperty("daysAfterModificationGreaterThan").ToString();
}
