using Pipeline.Documents;

namespace Pipeline.Cli.Extract;

/// <summary>A file and what it gave, or why it could not be opened.</summary>
internal sealed record ExtractedFile(string Path, ExtractedDocument? Document, string? Error);
