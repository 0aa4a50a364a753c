using System.Text;
using UtfUnknown;

namespace Pipeline.Documents.Parsers.PlainText;

/// <summary>Detects encodings from before Unicode.</summary>
internal static class LegacyEncodings
{
    private const int Latin1 = 28591;

    /// <summary>Below this the detector's word counts less than the look of two-byte characters.</summary>
    private const float SureConfidence = 0.6f;

    /// <returns>The encoding and how sure the detector is, 0 to 1; Windows-1252 with 0 where it finds none.</returns>
    public static (Encoding Encoding, float Confidence) Detect(byte[] bytes)
    {
        var found = CharsetDetector.DetectFromBytes(bytes).Details?
            .Where(detail => detail.Encoding is not null)
            .OrderByDescending(detail => detail.Confidence)
            .Select(detail => (detail.Encoding, detail.Confidence))
            .ToList() ?? [];
        var best = found.Count > 0 ? found[0] : (Encoding: Encoding.GetEncoding(1252), Confidence: 0f);
        if (best.Confidence < SureConfidence && EastAsianEncodings.Find(bytes) is { } eastAsian)
        {
            return (eastAsian, SureConfidence - 0.1f);
        }

        // Whoever says Latin-1 means Windows-1252: the codes that differ are no characters in the former.
        return best.Encoding.CodePage == Latin1 ? (Encoding.GetEncoding(1252), best.Confidence) : best;
    }
}
