using Pipeline.Documents;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Worker.Extract;

/// <summary>Bytes to text, whatever the bytes are.</summary>
internal interface ITextExtraction
{
    Task<ExtractedDocument> ExtractAsync(Stream content, DocumentName document, CancellationToken cancellation);
}

/// <summary>Through the parser processes of Pipeline.Documents.</summary>
internal sealed class DocumentTextExtraction(DocumentExtractor extractor) : ITextExtraction
{
    public Task<ExtractedDocument> ExtractAsync(Stream content, DocumentName document, CancellationToken cancellation)
        => extractor.ExtractAsync(content, document.Name, document.MediaType, password: null, cancellation);
}
