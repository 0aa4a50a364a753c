namespace Pipeline.Documents.Parsers.Limits;

/// <summary>Counts the text that a request gives.</summary>
internal sealed class TextBudget(int characters)
{
    private long used;

    /// <exception cref="ParseRefusal">Too large: more text than allowed.</exception>
    public void Add(int count)
    {
        used += count;
        if (used > characters)
        {
            throw ParseRefusal.TooLarge(
                $"The document has more than the {characters:N0} characters of text allowed. Raise MaxTextCharacters or split the file.");
        }
    }
}
