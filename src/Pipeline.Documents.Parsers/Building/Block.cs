namespace Pipeline.Documents.Parsers.Building;

/// <summary>A block of the text, offsets in UTF-16 code units, end exclusive.</summary>
internal readonly record struct Block(BlockKind Kind, int Start, int End);
