using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace Pipeline.Documents.Parsers.Pdf.Streams;

/// <summary>Filters of images: text needs none of them, and a small file may hold pictures of many gigabytes.</summary>
internal sealed class UndecodedFilter : IFilter
{
    public bool IsSupported => false;

    public Memory<byte> Decode(Memory<byte> input, DictionaryToken streamDictionary, IFilterProvider filterProvider, int filterIndex) => Memory<byte>.Empty;
}
