using System.Text;

namespace Pipeline.Documents.Parsers.PlainText;

/// <summary>
/// Finds the East Asian encoding of texts too short for a detector with statistics: bytes must decode with hardly an error, and most
/// two-byte characters must have lead bytes that their standard gives to common characters.
/// </summary>
internal static class EastAsianEncodings
{
    private const int FewestCharacters = 3;
    private const double CommonShare = 0.7;

    /// <summary>Code pages with the lead bytes of kana, hangul and the first level of ideographs.</summary>
    private static readonly (int CodePage, Func<byte, bool> IsCommon)[] Candidates =
    [
        (932, lead => lead is >= 0x81 and <= 0x83 or >= 0x88 and <= 0x98),
        (936, lead => lead is >= 0xA1 and <= 0xA3 or >= 0xB0 and <= 0xD7),
        (949, lead => lead is >= 0xA1 and <= 0xA3 or >= 0xB0 and <= 0xC8),
        (950, lead => lead is >= 0xA1 and <= 0xA3 or >= 0xA4 and <= 0xC6),
        (51932, lead => lead is >= 0xA1 and <= 0xA5 or >= 0xB0 and <= 0xCF),
    ];

    /// <returns>The best encoding, or null where none fits.</returns>
    public static Encoding? Find(byte[] bytes)
    {
        Encoding? best = null;
        var bestShare = CommonShare;
        foreach (var (codePage, isCommon) in Candidates)
        {
            var encoding = Encoding.GetEncoding(codePage, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"));
            var share = Share(bytes, encoding, isCommon);
            if (share > bestShare)
            {
                best = Encoding.GetEncoding(codePage);
                bestShare = share;
            }
        }

        return best;
    }

    private static double Share(byte[] bytes, Encoding encoding, Func<byte, bool> isCommon)
    {
        // Vendors' own ideographs (IBM's and NEC's in code page 932) count as errors to the decoder, so a few are allowed.
        var errors = encoding.GetString(bytes).Count(c => c == '\uFFFD');
        if (errors > 1 + (bytes.Length / 100))
        {
            return 0;
        }

        var characters = 0;
        var common = 0;
        for (var i = 0; i + 1 < bytes.Length; i++)
        {
            if (bytes[i] >= 0x80)
            {
                characters++;
                common += isCommon(bytes[i]) ? 1 : 0;
                i++;
            }
        }

        return characters < FewestCharacters ? 0 : (double)common / characters;
    }
}
