namespace Pipeline.Inference.KvStore;

/// <summary>Measured speeds, moving averages; 0 while unknown.</summary>
/// <param name="RestoreBytesPerSecond">Bytes of blocks restored from the local disk.</param>
/// <param name="ComputeTokensPerSecond">Tokens read by the model.</param>
public sealed record KvRates(double RestoreBytesPerSecond, double ComputeTokensPerSecond);
