using Pipeline.Models.Jinja;
using Pipeline.Models.Tokenization.Reading;

namespace Pipeline.Models.Chat;

/// <summary>A message of a chat.</summary>
internal readonly record struct ChatMessage(string Role, string Content);

/// <summary>The chat template of a model folder.</summary>
internal sealed class ChatTemplate
{
    private const string FileName = "chat_template.jinja";
    private const string ConfigName = "tokenizer_config.json";
    private readonly JinjaTemplate template;
    private readonly JinjaMap specialTokens;

    private ChatTemplate(string place, string text, JinjaMap specialTokens)
    {
        Place = place;
        Text = text;
        this.specialTokens = specialTokens;
        try
        {
            template = JinjaTemplate.Parse(text);
        }
        catch (JinjaException e)
        {
            throw new ModelFolderException($"{place}: {e.Message}. Correct the template, or use one that does without it.", e);
        }
    }

    /// <summary>File, and key where there is one, for messages.</summary>
    public string Place { get; }

    public string Text { get; }

    public static ChatTemplate FromText(string place, string text, JinjaMap tokens) => new(place, text, tokens);

    /// <summary>Reads the folder's template: a file of its own since transformers 4.53, a key of the tokeniser's configuration before.</summary>
    public static ChatTemplate Read(string folder)
    {
        var tokens = SpecialTokenTexts.Read(folder);
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            return new ChatTemplate(path, ReadText(path), tokens);
        }

        var configPath = Path.Combine(folder, ConfigName);
        if (File.Exists(configPath))
        {
            using var document = JsonFile.ReadObject(configPath);
            if (ReadKey(new JsonSection(configPath, "", document.RootElement)) is { } text)
            {
                return new ChatTemplate($"{configPath}, \"chat_template\"", text, tokens);
            }
        }

        throw new ModelFolderException(
            $"{folder} has no chat template: neither {FileName} nor \"chat_template\" in {ConfigName}. Use an instruction-tuned model, or add the template it was trained with.");
    }

    /// <exception cref="JinjaException">Rendering fails, or the template refuses the messages.</exception>
    public string Render(IEnumerable<ChatMessage> messages, bool addGenerationPrompt)
    {
        var variables = new JinjaMap
        {
            ["messages"] = messages.Select(message => (object?)new JinjaMap { ["role"] = message.Role, ["content"] = message.Content }).ToList(),
            ["add_generation_prompt"] = addGenerationPrompt,
            ["tools"] = null,
            ["documents"] = null,
            // Models with both modes answer at once: the answer budget is for the answer.
            ["enable_thinking"] = false,
        };
        foreach (var (name, value) in specialTokens)
        {
            variables[name] = value;
        }

        return template.Render(variables);
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFolderException($"{path} can't be read: {e.Message}", e);
        }
    }

    // One template, or a list of named ones of which "default" is for plain chats.
    private static string? ReadKey(JsonSection config)
    {
        if (!config.TryGet("chat_template", out var value))
        {
            return null;
        }

        if (value.ValueKind == System.Text.Json.JsonValueKind.String)
        {
            return value.GetString();
        }

        return config.List("chat_template").Find(entry => entry.String("name") == "default") is { Exists: true } entry
            ? entry.String("template")
            : throw config.Wrong("chat_template", "a string, or a list with a template named default");
    }
}
