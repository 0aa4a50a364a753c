namespace Pipeline.Inference.Evidence;

/// <summary>
/// The attention that a question's tokens (its text and the chat's tail) paid to each token of the document, by head: probabilities averaged over those tokens,
/// with the document seen no farther back than was asked for (<see cref="AttentionRequest.Distance"/>).
/// </summary>
public sealed class QuestionAttention
{
    private readonly float[][] probabilities; // [heads][tokens]

    internal QuestionAttention(IReadOnlyList<AttentionHead> heads, float[][] probabilities, TimeSpan elapsed)
    {
        Heads = heads;
        Elapsed = elapsed;
        this.probabilities = probabilities;
    }

    /// <summary>The heads, in the order they were asked for.</summary>
    public IReadOnlyList<AttentionHead> Heads { get; }

    /// <summary>Time that reading it out took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Tokens of the document, the chat's head before it included.</summary>
    public int TokenCount => probabilities[0].Length;

    /// <summary>One head's mean probability of each token, 0 before the document, <c>[tokens]</c>.</summary>
    /// <param name="index">Index into <see cref="Heads"/>.</param>
    public ReadOnlySpan<float> Of(int index) => probabilities[index];
}
