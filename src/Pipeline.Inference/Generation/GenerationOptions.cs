using Pipeline.Inference.Evidence;

namespace Pipeline.Inference;

/// <summary>How answers are generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>Longest answer in tokens.</summary>
    /// <value>128; 1 to 65,536.</value>
    public int MaxTokens
    {
        get;
        init => field = value is >= 1 and <= 65_536
            ? value
            : throw new InferenceException($"An answer of at most {value} tokens makes no sense; --max-tokens takes 1 to 65536.");
    } = 128;

    /// <summary>Softmax temperature; 0 chooses the most likely token (greedy).</summary>
    /// <value>0; 0 to 10.</value>
    public double Temperature
    {
        get;
        init => field = value is >= 0 and <= 10
            ? value
            : throw new InferenceException($"Temperature {value} is out of range; use 0 (greedy) to 10.");
    }

    /// <summary>Nucleus sampling: the smallest set of tokens whose probability reaches this. Used when <see cref="Temperature"/> is above 0.</summary>
    /// <value>1 (all tokens); above 0 to 1.</value>
    public double TopP
    {
        get;
        init => field = value is > 0 and <= 1
            ? value
            : throw new InferenceException($"top-p {value} is out of range; use a value above 0 and at most 1.");
    } = 1;

    /// <summary>Seed of the sampler; question <c>i</c> draws from its own stream, so answers do not depend on which questions run together.</summary>
    public ulong Seed { get; init; }

    /// <summary>Tokens that end an answer and are not part of it; null takes the model's.</summary>
    public IReadOnlyCollection<int>? StopTokens { get; init; }

    /// <summary>What is read out of the attention from the question to the document; nothing where null. Engines that cannot read it out leave it out of their answers.</summary>
    public AttentionRequest? Attention { get; init; }
}

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended its turn.</summary>
    Stop,

    /// <summary>The longest answer allowed was reached.</summary>
    Length,
}

/// <summary>One question's tail of token ids.</summary>
/// <param name="Tokens">Question and chat tail, as <c>DocumentPrompt.EncodeQuestion</c> gives them; at least one.</param>
public sealed record QuestionTokens(IReadOnlyList<int> Tokens);

/// <summary>Counts and times of one answer.</summary>
/// <param name="InputTokens">Document and question tokens the answer rests on.</param>
/// <param name="CachedTokens">Of those, tokens that came from the document's KV cache.</param>
/// <param name="ComputedTokens">Of those, tokens that were computed for this question.</param>
/// <param name="OutputTokens">Tokens generated, a final stop token included.</param>
/// <param name="PrefillMs">Milliseconds from the start of answering until the question's own tokens were read.</param>
/// <param name="DecodeMs">Milliseconds from then to the last token.</param>
public sealed record AnswerUsage(int InputTokens, int CachedTokens, int ComputedTokens, int OutputTokens, double PrefillMs, double DecodeMs);

/// <summary>A finished answer.</summary>
/// <param name="QuestionIndex">Index into the questions asked.</param>
/// <param name="Tokens">Token ids without the stop token.</param>
/// <param name="FinishReason">Why it ended.</param>
/// <param name="Usage">Counts and times.</param>
/// <param name="Attention">What <see cref="GenerationOptions.Attention"/> asked for; null where nothing was asked for or the engine cannot read it out.</param>
public sealed record GeneratedAnswer(int QuestionIndex, IReadOnlyList<int> Tokens, FinishReason FinishReason, AnswerUsage Usage, QuestionAttention? Attention = null);
