namespace Pipeline.Documents.Parsers.Building;

/// <summary>What a stretch of text is; it decides where sentences may end.</summary>
internal enum BlockKind
{
    /// <summary>Running text: sentences end where their punctuation says.</summary>
    Paragraph,

    /// <summary>A heading is one sentence.</summary>
    Heading,

    /// <summary>An item of a list: as running text, and close to its neighbours.</summary>
    ListItem,

    /// <summary>A table row is one sentence, its cells set apart by tabs.</summary>
    Row,

    /// <summary>Text as it came, with its own line ends.</summary>
    Verbatim,
}
