namespace Pipeline.Documents.Protocol;

/// <summary>Kinds of frames between parent and child.</summary>
internal enum FrameKind : byte
{
    /// <summary>Parent to child: JSON of an <see cref="ExtractionRequest"/>.</summary>
    Request = 1,

    /// <summary>Parent to child: bytes of the file.</summary>
    Content = 2,

    /// <summary>Parent to child: the file is complete.</summary>
    EndOfContent = 3,

    /// <summary>Child to parent: up and warmed; the payload is empty.</summary>
    Ready = 4,

    /// <summary>Child to parent: a page goes to OCR now, which has a time limit of its own.</summary>
    OcrPage = 5,

    /// <summary>Child to parent: JSON of an <see cref="ExtractedDocument"/>.</summary>
    Result = 6,
}
