using Pipeline.Documents.Parsers.Limits;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace Pipeline.Documents.Parsers.Pdf.Streams;

/// <summary>The filters of ISO 32000-1, 7.4, with the compressing ones under the limits.</summary>
internal sealed class CheckedFilters : BaseFilterProvider
{
    public CheckedFilters(InflationBudget budget, StreamFaults faults)
        : base(Filters(budget, faults))
    {
    }

    private static Dictionary<string, IFilter> Filters(InflationBudget budget, StreamFaults faults)
    {
        var flate = new CheckedFlateFilter(budget, faults);
        var lzw = new BoundedFilter(new LzwFilter(), budget, faults);
        var runLength = new BoundedFilter(new RunLengthFilter(), budget, faults);
        var ascii85 = new Ascii85Filter();
        var asciiHex = new AsciiHexDecodeFilter();
        var image = new UndecodedFilter();
        return new(StringComparer.Ordinal)
        {
            [NameToken.FlateDecode.Data] = flate,
            [NameToken.FlateDecodeAbbreviation.Data] = flate,
            [NameToken.LzwDecode.Data] = lzw,
            [NameToken.LzwDecodeAbbreviation.Data] = lzw,
            [NameToken.RunLengthDecode.Data] = runLength,
            [NameToken.RunLengthDecodeAbbreviation.Data] = runLength,
            [NameToken.Ascii85Decode.Data] = ascii85,
            [NameToken.Ascii85DecodeAbbreviation.Data] = ascii85,
            [NameToken.AsciiHexDecode.Data] = asciiHex,
            [NameToken.AsciiHexDecodeAbbreviation.Data] = asciiHex,
            [NameToken.CcittfaxDecode.Data] = image,
            [NameToken.CcittfaxDecodeAbbreviation.Data] = image,
            [NameToken.DctDecode.Data] = image,
            [NameToken.DctDecodeAbbreviation.Data] = image,
            [NameToken.Jbig2Decode.Data] = image,
            [NameToken.JpxDecode.Data] = image,
        };
    }
}
