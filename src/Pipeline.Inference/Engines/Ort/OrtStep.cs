namespace Pipeline.Inference.Engines.Ort;

/// <summary>One run of the model.</summary>
/// <param name="Tokens">[sequences, new tokens].</param>
/// <param name="Totals">Tokens of each sequence, the new ones included.</param>
/// <param name="LogitRows">Which of a sequence's new tokens get logits; the same for all sequences.</param>
/// <param name="LongRope">Whether LongRoPE's tables for long documents hold.</param>
/// <param name="WantsQueries">Whether the queries of the chosen layers are wanted.</param>
internal sealed record OrtStep(long[] Tokens, int[] Totals, long[] LogitRows, bool LongRope, bool WantsQueries = false);

/// <summary>What a run gave.</summary>
/// <param name="Logits">[sequences, logit rows, vocabulary].</param>
/// <param name="Queries">For each chosen layer [sequences, new tokens, width]; empty if not wanted.</param>
internal readonly record struct StepResult(float[] Logits, float[][] Queries);
