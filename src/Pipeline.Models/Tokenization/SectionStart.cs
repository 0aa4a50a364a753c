namespace Pipeline.Models.Tokenization;

/// <summary>What stands before the text that is encoded; decides whether a tokeniser's space goes before it.</summary>
internal enum SectionStart
{
    /// <summary>Nothing: the text is all there is.</summary>
    Text,

    /// <summary>Something else of the same text: an added token, or a piece split off.</summary>
    Inside,

    /// <summary>Other text: the parts of a prompt are tokenised separately, but read on.</summary>
    Continuation,
}
