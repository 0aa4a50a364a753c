namespace Pipeline.Models;

/// <summary>A document as the model reads it: the chat's head and the document part, up to where questions go on.</summary>
/// <param name="Tokens">All tokens: head, document prefix, document, document suffix.</param>
/// <param name="FirstDocumentToken">Index in <paramref name="Tokens"/> of the first token that holds text of the document.</param>
/// <param name="DocumentRanges">
/// For each document token, from <paramref name="FirstDocumentToken"/> on, its place in the document as it was given (outer blanks included),
/// in UTF-16 code units.
/// </param>
public sealed record DocumentTokens(IReadOnlyList<int> Tokens, int FirstDocumentToken, IReadOnlyList<TokenRange> DocumentRanges)
{
    /// <summary>How many tokens hold text of the document.</summary>
    public int DocumentTokenCount => DocumentRanges.Count;
}
