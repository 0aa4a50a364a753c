using System.Text.Json;
using Pipeline.Models.Chat;
using Pipeline.Models.Jinja;

namespace Pipeline.Models.Tests.Chat;

/// <summary>renderings.json holds what Jinja 3.1.2, set as in transformers, makes of the templates beside it.</summary>
public sealed class ChatRenderingTests
{
    private static readonly Lazy<IReadOnlyList<JsonElement>> Renderings = new(() =>
        [.. JsonDocument.Parse(File.ReadAllText(Folder("renderings.json"))).RootElement.EnumerateArray()]);

    public static TheoryData<string> Names => [.. Renderings.Value.Select(entry => entry.GetProperty("template").GetString()!).Distinct(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Renders_chats_as_jinja_does(string name)
    {
        var template = Load(name);
        foreach (var entry in Renderings.Value.Where(entry => entry.GetProperty("template").GetString() == name))
        {
            var messages = entry.GetProperty("messages").EnumerateArray().Select(pair => new ChatMessage(pair[0].GetString()!, pair[1].GetString()!));
            string Render() => template.Render(messages, entry.GetProperty("addGenerationPrompt").GetBoolean());
            if (entry.TryGetProperty("text", out var text))
            {
                Assert.Equal(text.GetString(), Render());
            }
            else
            {
                var error = Assert.Throws<JinjaException>(Render);
                Assert.EndsWith("the template refuses: " + entry.GetProperty("refused").GetString()!, error.Message, StringComparison.Ordinal);
            }
        }
    }

    internal static ChatTemplate Load(string name) =>
        ChatTemplate.FromText(name + ".jinja", File.ReadAllText(Folder("Templates", name + ".jinja")), new JinjaMap { ["bos_token"] = "<s>", ["eos_token"] = "</s>" });

    private static string Folder(params string[] parts) => Repository.In(["tests", "Pipeline.Models.Tests", "Chat", .. parts]);
}
