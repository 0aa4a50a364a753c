using Pipeline.Models.Tokenization.Bpe;
using Pipeline.Models.Tokenization.Decoding;
using Pipeline.Models.Tokenization.Normalization;
using Pipeline.Models.Tokenization.PreTokenization;

namespace Pipeline.Models.Tokenization;

/// <summary>A <c>tokenizer.json</c>, read and put together.</summary>
internal sealed record TokenizerDefinition
{
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    public TextNormalizer? Normalizer { get; init; }

    public PreTokenizer? PreTokenizer { get; init; }

    public required BpeModel Model { get; init; }

    /// <summary>Id to token as the vocabulary writes it, added tokens included.</summary>
    public required IReadOnlyDictionary<int, string> Tokens { get; init; }

    /// <summary>Builds the chain from token to text that ends in the given stage.</summary>
    public required Func<TextStage, DecodeStage> Decoder { get; init; }

    /// <summary>Special tokens that the tokeniser itself puts before a text.</summary>
    public IReadOnlyList<int> Prefix { get; init; } = [];

    /// <summary>Special tokens that the tokeniser itself puts after a text.</summary>
    public IReadOnlyList<int> Suffix { get; init; } = [];
}
