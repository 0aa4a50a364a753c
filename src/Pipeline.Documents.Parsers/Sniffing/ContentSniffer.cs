using System.Text;

namespace Pipeline.Documents.Parsers.Sniffing;

/// <summary>Finds a file's format in its bytes; the claimed type only decides between formats that are all text.</summary>
internal static class ContentSniffer
{
    /// <summary>PDF readers accept the header anywhere in the first kibibyte (ISO 32000-1, annex H.3.4.1).</summary>
    private const int PdfHeaderRange = 1024;

    private static readonly (byte[] Magic, string MediaType)[] Signatures =
    [
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], MediaTypes.OleStorage),
        ("{\\rtf"u8.ToArray(), MediaTypes.Rtf),
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "image/png"),
        ([0xFF, 0xD8, 0xFF], "image/jpeg"),
        ("GIF8"u8.ToArray(), "image/gif"),
        ([(byte)'I', (byte)'I', 0x2A, 0], "image/tiff"),
        ([(byte)'M', (byte)'M', 0, 0x2A], "image/tiff"),
        ([0x1F, 0x8B], "application/gzip"),
        ([(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C], "application/x-7z-compressed"),
        ("Rar!\u001A\u0007"u8.ToArray(), "application/vnd.rar"),
        ([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], "application/x-xz"),
        ([0x7F, (byte)'E', (byte)'L', (byte)'F'], "application/x-executable"),
        ("%!PS"u8.ToArray(), "application/postscript"),
        ("SQLite format 3"u8.ToArray(), "application/vnd.sqlite3"),
        ("ID3"u8.ToArray(), "audio/mpeg"),
        ("OggS"u8.ToArray(), "application/ogg"),
        ("RIFF"u8.ToArray(), "application/x-riff"),
    ];

    /// <returns>The media type found.</returns>
    /// <exception cref="ParseRefusal">The content is no document of any known kind.</exception>
    public static string Find(DocumentSource source, ParseContext context)
    {
        ReadOnlySpan<byte> bytes = source.Bytes;
        if (bytes[..Math.Min(bytes.Length, PdfHeaderRange)].IndexOf("%PDF-"u8) >= 0)
        {
            return MediaTypes.Pdf;
        }

        if (bytes.StartsWith("PK\u0003\u0004"u8) || bytes.StartsWith("PK\u0005\u0006"u8))
        {
            return ZipSniffer.Find(source, context);
        }

        foreach (var (magic, mediaType) in Signatures)
        {
            if (bytes.StartsWith(magic))
            {
                return mediaType == MediaTypes.OleStorage ? OleSniffer.Find(bytes) : mediaType;
            }
        }

        return TextSniffer.Find(source);
    }
}
