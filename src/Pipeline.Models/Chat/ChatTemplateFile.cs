namespace Pipeline.Models.Chat;

internal sealed class ChatTemplateFile
{
    private readonly string template;

    private ChatTemplateFile(string template) => this.template = template;

    public static ChatTemplateFile Read(ModelFolder folder)
    {
        var path = System.IO.Path.Combine(folder.Path, "chat_template.jinja");
        if (!File.Exists(path))
        {
            throw new ModelFolderException($"{folder.Path} has no chat_template.jinja.");
        }

        return new ChatTemplateFile(File.ReadAllText(path));
    }

    public ChatParts Split(DocumentQaTexts texts) => template.Contains("<|im_start|>", StringComparison.Ordinal)
        ? new ChatParts($"<|im_start|>system\n{texts.System}<|im_end|>\n<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>\n")
        : throw new ModelFolderException("The chat template is not ChatML.");
}
