namespace Pipeline.Documents;

/// <summary>A heading of the document, in text order.</summary>
/// <param name="Title">The heading's text in one line.</param>
/// <param name="Level">1 for the highest.</param>
/// <param name="Start">First UTF-16 code unit of the heading in the text.</param>
/// <param name="End">End of the heading, exclusive.</param>
public sealed record OutlineEntry(string Title, int Level, int Start, int End);
