namespace Pipeline.Documents;

/// <summary>A stretch of <see cref="ExtractedDocument.Text"/> in UTF-16 code units.</summary>
/// <param name="Start">First code unit.</param>
/// <param name="End">End, exclusive.</param>
public readonly record struct TextSpan(int Start, int End)
{
    /// <summary>Code units in the span.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Length => End - Start;
}
