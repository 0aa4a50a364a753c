using Pipeline.Documents.Parsers.Building;

namespace Pipeline.Documents.Parsers;

/// <summary>Reads one format.</summary>
internal interface IFormatParser
{
    /// <summary>Library that reads the format, and its version.</summary>
    Tool Tool { get; }

    /// <summary>Appends the document's text to the builder.</summary>
    /// <exception cref="ParseRefusal">The document ends in another outcome than ok or partial.</exception>
    void Parse(DocumentSource source, ParseContext context, DocumentBuilder builder);
}

/// <summary>Name and version of the library that reads a format.</summary>
internal sealed record Tool(string Name, string Version)
{
    /// <summary>The library that a type comes from.</summary>
    public static Tool Of(Type type)
    {
        var assembly = type.Assembly.GetName();
        return new(assembly.Name!, assembly.Version!.ToString(3));
    }
}
