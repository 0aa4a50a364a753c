namespace Pipeline.Models.Tokenization.Bpe;

/// <summary>How a byte-pair encoding treats its input.</summary>
internal sealed record BpeOptions
{
    /// <summary>Words are UTF-8 bytes written in the byte alphabet (GPT-2), not characters (SentencePiece).</summary>
    public bool ByteLevel { get; init; }

    /// <summary>A word that is a token as it stands is not built from merges.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>A character that is no token becomes the tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> of its UTF-8 bytes.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Stands for what has no token; null drops it.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Neighbouring unknown characters share one unknown token.</summary>
    public bool FuseUnknown { get; init; }
}
