using Pipeline.Models.Chat;
using Pipeline.Models.Jinja;

namespace Pipeline.Models.Tests.Chat;

public sealed class ChatSplitterTests
{
    [Theory]
    [InlineData("smollm2", "<|im_start|>system\nS.<|im_end|>\n<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>\n")]
    [InlineData("chatml-qwen2", "<|im_start|>system\nS.<|im_end|>\n<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>\n")]
    [InlineData("qwen3", "<|im_start|>system\nS.<|im_end|>\n<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n", "<|im_end|>\n")]
    [InlineData("llama3", "<s><|start_header_id|>system<|end_header_id|>\n\nS.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>")]
    [InlineData("phi3", "<|system|>\nS.<|end|>\n<|user|>\n", "<|end|>\n<|assistant|>\n", "<|end|>\n</s>")]
    [InlineData("phi4-mini", "<|system|>S.<|end|><|user|>", "<|end|><|assistant|>", "<|end|></s>")]
    [InlineData("gemma2", "<s><start_of_turn>user\nS.\n\n", "<end_of_turn>\n<start_of_turn>model\n", "<end_of_turn>\n")]
    [InlineData("gemma3", "<s><start_of_turn>user\nS.\n\n", "<end_of_turn>\n<start_of_turn>model\n", "<end_of_turn>\n")]
    [InlineData("mistral-v0.1", "<s>[INST] S.\n\n", " [/INST]", "</s>")]
    [InlineData("mistral-v0.3", "<s>[INST] S.\n\n", "[/INST]", "</s>")]
    [InlineData("llama2", "<s>[INST] <<SYS>>\nS.\n<</SYS>>\n\n", " [/INST]", " </s>")]
    [InlineData("zephyr", "<|system|>\nS.</s>\n<|user|>\n", "</s>\n<|assistant|>\n", "</s>\n")]
    public void The_text_around_document_and_question_is_cut_out(string name, string head, string tail, string turnEnd) =>
        Assert.Equal(new ChatParts(head, tail, turnEnd), ChatSplitter.Split(ChatRenderingTests.Load(name), "S."));

    [Fact]
    public void Llama_31_names_a_fixed_date_so_that_a_documents_tokens_do_not_change_overnight() => Assert.Contains(
        "Today Date: 26 Jul 2024\n\nS.<|eot_id|>", ChatSplitter.Split(ChatRenderingTests.Load("llama3.1"), "S.").Head, StringComparison.Ordinal);

    [Fact]
    public void A_template_that_drops_the_system_message_gets_its_text_in_the_users_turn()
    {
        var parts = Split("{% for m in messages if m.role == 'user' %}<u>{{ m.content }}</u>{% endfor %}");

        Assert.Equal("<u>S.\n\n", parts.Head);
    }

    [Theory]
    [InlineData("{{ messages[-1].content }}{{ messages[-1].content }}", "writes the user's text more than once or changes it")]
    [InlineData("{{ messages[-1].content | tojson | replace('\uF8D0', '-') }}", "leaves the user's text out")]
    [InlineData("{{ messages[-1].content | list | join(' ') }}", "writes the user's text more than once or changes it")]
    [InlineData("hello", "leaves the user's text out")]
    public void A_template_that_cannot_be_cut_is_refused_with_the_reason(string template, string reason)
    {
        var error = Assert.Throws<ModelFolderException>(() => Split(template));

        Assert.Contains("test.jinja: the template can't be split", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_template_asks_for_and_is_not_known_is_named_with_its_line()
    {
        var error = Assert.Throws<ModelFolderException>(() => Split("{{ messages[0].content }}\n{{ now() }}"));

        Assert.Contains("test.jinja: line 2: the function 'now' is not known.", error.Message, StringComparison.Ordinal);
    }

    private static ChatParts Split(string template) => ChatSplitter.Split(ChatTemplate.FromText("test.jinja", template, []), "S.");
}
