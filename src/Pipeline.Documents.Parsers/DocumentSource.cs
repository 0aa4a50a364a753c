namespace Pipeline.Documents.Parsers;

/// <summary>A file to parse.</summary>
/// <param name="Bytes">Its whole content.</param>
/// <param name="Name">Its name without folders.</param>
/// <param name="ClaimedMediaType">What the sender says it is, or null.</param>
internal sealed record DocumentSource(byte[] Bytes, string Name, string? ClaimedMediaType);
