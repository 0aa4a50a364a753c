using Pipeline.Documents.Parsers.Host;

// Not for people: the parent talks frames over standard input and output (see Protocol/Frames.cs).
return await ParserLoop.RunAsync();
