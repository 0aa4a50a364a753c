using System.Text.Json;
using Pipeline.Models.Jinja;

namespace Pipeline.Models.Tests.Jinja;

/// <summary>jinja-cases.json holds what Jinja 3.1.2 makes of each template (trim_blocks, lstrip_blocks, loop controls; tojson as in transformers).</summary>
public sealed class JinjaCaseTests
{
    private static readonly Lazy<JsonElement> File = new(() =>
        JsonDocument.Parse(System.IO.File.ReadAllText(Repository.In("tests", "Pipeline.Models.Tests", "Jinja", "jinja-cases.json"))).RootElement);

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, File.Value.GetProperty("cases").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Renders_as_jinja_does(int index)
    {
        var test = File.Value.GetProperty("cases")[index];
        var template = test.GetProperty("template").GetString()!;
        var variables = (JinjaMap)Value(File.Value.GetProperty("variables"))!;

        if (test.TryGetProperty("text", out var expected))
        {
            Assert.Equal(expected.GetString(), JinjaTemplate.Parse(template).Render(variables));
        }
        else
        {
            var error = Assert.Throws<JinjaException>(() => JinjaTemplate.Parse(template).Render(variables));
            Assert.StartsWith("line 1: ", error.Message, StringComparison.Ordinal);
        }
    }

    internal static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => Map(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Value).ToList(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var number) ? (object)number : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static JinjaMap Map(JsonElement element)
    {
        var map = new JinjaMap();
        foreach (var property in element.EnumerateObject())
        {
            map[property.Name] = Value(property.Value);
        }

        return map;
    }
}
