namespace Pipeline.Inference.Engines;

/// <summary>How a document is read.</summary>
public sealed record ReadOptions
{
    /// <summary>Tokens that go through the model at once. Changes speed and working memory, never a bit of the result.</summary>
    /// <value>512; 16 to 8,192; rounded up to a multiple of 16.</value>
    public int ChunkTokens
    {
        get;
        init => field = value is >= 1 and <= 8192
            ? (value + 15) / 16 * 16
            : throw new InferenceException($"A chunk of {value} tokens is out of range; use 16 to 8192.");
    } = 512;

    /// <summary>
    /// Room that questions and answers will need behind the document, in tokens. Models with two sets of rotary tables choose by document and room together;
    /// the engines <c>ort</c> and <c>genai</c> allocate their cache for both before they read.
    /// </summary>
    /// <value>512; 0 to 1,048,576.</value>
    public int ReserveTokens
    {
        get;
        init => field = value is >= 0 and <= 1 << 20
            ? value
            : throw new InferenceException($"A reserve of {value} tokens is out of range; use 0 to 1048576.");
    } = 512;
}

/// <summary>Where reading stands.</summary>
/// <param name="TokensRead">Tokens that are in the KV cache.</param>
/// <param name="TokensTotal">Tokens of the document.</param>
/// <param name="TokensReused">Of <paramref name="TokensRead"/>, those taken from a store instead of computed.</param>
/// <param name="Elapsed">Time since reading began.</param>
public readonly record struct ReadProgress(int TokensRead, int TokensTotal, int TokensReused, TimeSpan Elapsed);

/// <summary>What the KV store held of a document when it was opened.</summary>
public enum CacheState
{
    /// <summary>Nothing: all tokens were computed.</summary>
    Miss,

    /// <summary>A beginning of it.</summary>
    Partial,

    /// <summary>All of it.</summary>
    Hit,
}

/// <summary>How a document came to be in the cache.</summary>
/// <param name="TotalTokens">Tokens of the document.</param>
/// <param name="ReusedTokens">Tokens restored from a store.</param>
/// <param name="ComputedTokens">Tokens that went through the model, padding not counted; a restored token computed again counts here.</param>
/// <param name="Elapsed">Wall-clock time of reading.</param>
public sealed record ReadReport(int TotalTokens, int ReusedTokens, int ComputedTokens, TimeSpan Elapsed)
{
    /// <summary>Hit, partial or miss.</summary>
    public CacheState Cache => ReusedTokens == 0 ? CacheState.Miss : ReusedTokens >= TotalTokens ? CacheState.Hit : CacheState.Partial;
}
