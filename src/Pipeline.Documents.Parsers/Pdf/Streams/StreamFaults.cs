namespace Pipeline.Documents.Parsers.Pdf.Streams;

/// <summary>
/// What went wrong while streams of a PDF were inflated. The library hides such faults from its callers, so the filters record them here
/// and the parser looks after each page.
/// </summary>
internal sealed class StreamFaults
{
    private readonly List<string> current = [];

    /// <summary>A limit was exceeded: the document is refused whatever the library makes of it.</summary>
    public ParseRefusal? Refusal { get; private set; }

    public void Refuse(ParseRefusal refusal) => Refusal ??= refusal;

    public void Add(string fault)
    {
        if (!current.Contains(fault, StringComparer.Ordinal))
        {
            current.Add(fault);
        }
    }

    /// <summary>The faults since the last call, as one text; null where there were none.</summary>
    /// <exception cref="ParseRefusal">A limit was exceeded.</exception>
    public string? Take()
    {
        if (Refusal is not null)
        {
            throw Refusal;
        }

        if (current.Count == 0)
        {
            return null;
        }

        var text = string.Join("; ", current);
        current.Clear();
        return text;
    }
}
