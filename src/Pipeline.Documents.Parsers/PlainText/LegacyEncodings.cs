using System.Text;
using UtfUnknown;

namespace Pipeline.Documents.Parsers.PlainText;

/// <summary>Detects encodings from before Unicode.</summary>
internal static class LegacyEncodings
{
    /// <returns>The encoding and how sure the detector is, 0 to 1; Windows-1252 with 0 where it finds none.</returns>
    public static (Encoding Encoding, float Confidence) Detect(byte[] bytes)
    {
        var found = CharsetDetector.DetectFromBytes(bytes).Details?
            .Where(detail => detail.Encoding is not null)
            .OrderByDescending(detail => detail.Confidence)
            .Select(detail => (detail.Encoding, detail.Confidence))
            .ToList() ?? [];
        return found.Count > 0 ? found[0] : (Encoding.GetEncoding(1252), 0f);
    }
}
