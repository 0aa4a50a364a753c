using Pipeline.Documents.Parsers.Limits;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace Pipeline.Documents.Parsers.Pdf.Streams;

/// <summary>Counts what another filter of the library gives. LZW and run lengths grow a stream by far less than Flate can.</summary>
internal sealed class BoundedFilter(IFilter inner, InflationBudget budget, StreamFaults faults) : IFilter
{
    public bool IsSupported => inner.IsSupported;

    public Memory<byte> Decode(Memory<byte> input, DictionaryToken streamDictionary, IFilterProvider filterProvider, int filterIndex)
    {
        try
        {
            var output = inner.Decode(input, streamDictionary, filterProvider, filterIndex);
            budget.Add(output.Length);
            return output;
        }
        catch (ParseRefusal refusal)
        {
            faults.Refuse(refusal);
            return Memory<byte>.Empty;
        }
    }
}
