namespace Pipeline.Cli.Bench;

/// <summary>What the bench tells a worker to do, one JSON object a line.</summary>
/// <param name="Kind">read or matmul.</param>
/// <param name="Tokens">Document tokens.</param>
/// <param name="ChunkTokens">Tokens that go through the model at once.</param>
/// <param name="Questions">Questions asked together; 0 to measure reading and one answer only.</param>
/// <param name="AnswerTokens">Tokens of each answer to several questions.</param>
internal sealed record BenchOrder(string Kind, int Tokens = 0, int ChunkTokens = 0, int Questions = 0, int AnswerTokens = 0)
{
    internal const string Read = "read";
    internal const string MatMul = "matmul";
}

/// <summary>A worker's answer.</summary>
/// <param name="Error">Why it failed; the rest is void then.</param>
/// <param name="Gflops">Rate of the matrix product.</param>
/// <param name="ReadSeconds">Reading the document.</param>
/// <param name="DecodeTokens">Tokens of the one answer, without the first.</param>
/// <param name="DecodeSeconds">Time of those.</param>
/// <param name="AnswerTokens">Tokens of all answers to several questions.</param>
/// <param name="AnswerSeconds">Time of all, the questions' reading included.</param>
/// <param name="PeakBytes">Peak memory while reading above the memory after load and warm-up.</param>
internal sealed record BenchMeasurement(
    string? Error = null,
    double Gflops = 0,
    double ReadSeconds = 0,
    int DecodeTokens = 0,
    double DecodeSeconds = 0,
    int AnswerTokens = 0,
    double AnswerSeconds = 0,
    long? PeakBytes = null);
