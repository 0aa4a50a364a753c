namespace Pipeline.Inference.Evidence;

/// <summary>What is read out of a question's attention.</summary>
/// <param name="Heads">The heads.</param>
/// <param name="FirstToken">The document's first token; the chat's head before it is left out.</param>
/// <param name="Distance">
/// Tokens back beyond which the document is seen no farther; 0 for as far as it is. Ignored where the model's graph rotates queries outside its attention operator.
/// </param>
public sealed record AttentionRequest(IReadOnlyList<AttentionHead> Heads, int FirstToken, int Distance);
