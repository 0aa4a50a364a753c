namespace Pipeline.Inference.Engines.Ort;

/// <summary>One run of the model.</summary>
/// <param name="Tokens">[sequences, new tokens].</param>
/// <param name="Totals">Tokens of each sequence, the new ones included.</param>
/// <param name="LogitRows">Which of a sequence's new tokens get logits; the same for all sequences.</param>
/// <param name="LongRope">Whether LongRoPE's tables for long documents hold.</param>
/// <param name="QueryLimits">For each copy of the chosen layers' queries that is wanted the position it is rotated to at most; null where none is wanted.</param>
internal sealed record OrtStep(long[] Tokens, int[] Totals, long[] LogitRows, bool LongRope, long[]? QueryLimits = null);

/// <summary>What a run gave.</summary>
/// <param name="Logits">[sequences, logit rows, vocabulary].</param>
/// <param name="Queries">For each chosen layer [copies, new tokens, width]; empty if not wanted. One copy where the graph rotates queries outside its attention operator.</param>
internal readonly record struct StepResult(float[] Logits, float[][] Queries);
