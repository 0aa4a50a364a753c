namespace Pipeline.Documents.Protocol;

/// <summary>Limits the child applies while it parses; the parent applies those on time and memory from outside.</summary>
/// <param name="InputBytes">Bytes of the file.</param>
/// <param name="TextCharacters">UTF-16 code units of text that come out, children included.</param>
/// <param name="InflatedBytes">Bytes that all compressed streams of the file inflate to, together.</param>
/// <param name="InflationRatio">Inflated bytes to each byte of the file, looked at after the first mebibyte.</param>
/// <param name="NestingDepth">Elements inside elements, arrays inside arrays, parts inside parts.</param>
/// <param name="Entries">Entries of an archive.</param>
/// <param name="Pages">Pages of a document.</param>
public sealed record ExtractionLimits(
    long InputBytes, int TextCharacters, long InflatedBytes, int InflationRatio, int NestingDepth, int Entries, int Pages);
