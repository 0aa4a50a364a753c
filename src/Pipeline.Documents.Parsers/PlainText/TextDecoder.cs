using System.Text;
using UtfUnknown;

namespace Pipeline.Documents.Parsers.PlainText;

/// <summary>
/// Bytes to text: byte order mark first, then UTF-16 by the place of its zero bytes, then strict UTF-8, then detection of legacy encodings.
/// </summary>
internal static class TextDecoder
{
    /// <summary>Below this confidence a detected encoding is reported as a guess.</summary>
    private const float SureConfidence = 0.6f;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="bytes">The file, or its beginning.</param>
    /// <param name="isPrefix">Whether the bytes may stop inside a character.</param>
    /// <exception cref="ParseRefusal">Unsupported: the bytes are no text.</exception>
    public static DecodedText Decode(ReadOnlySpan<byte> bytes, bool isPrefix = false)
    {
        if (ByMark(bytes) is { } marked)
        {
            return marked;
        }

        if (Utf16WithoutMark(bytes) is { } wide)
        {
            return new(wide.GetString(bytes[..(bytes.Length & ~1)]), wide.WebName, $"No byte order mark; read as {wide.WebName} by the place of its zero bytes.");
        }

        RefuseBinary(bytes);
        return Utf8(bytes, isPrefix) ?? Legacy(bytes);
    }

    private static DecodedText? ByMark(ReadOnlySpan<byte> bytes)
    {
        (Encoding Encoding, int Length)? found = bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
            [0xFF, 0xFE, 0, 0, ..] => (Encoding.UTF32, 4),
            [0, 0, 0xFE, 0xFF, ..] => (new UTF32Encoding(bigEndian: true, byteOrderMark: true), 4),
            [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
            [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
            _ => null,
        };
        if (found is not { } mark)
        {
            return null;
        }

        var text = mark.Encoding.GetString(bytes[mark.Length..]);
        var warning = text.Contains('\uFFFD', StringComparison.Ordinal) ? $"Some bytes are not valid {mark.Encoding.WebName}." : null;
        return new(text, mark.Encoding.WebName, warning);
    }

    /// <summary>Western text in UTF-16 has a zero in nearly every second byte; binary files have zeros on both sides.</summary>
    private static UnicodeEncoding? Utf16WithoutMark(ReadOnlySpan<byte> bytes)
    {
        const int looked = 4096;
        const int fewest = 4;
        var length = Math.Min(bytes.Length, looked) & ~1;
        var even = 0;
        var odd = 0;
        for (var i = 0; i < length; i += 2)
        {
            even += bytes[i] == 0 ? 1 : 0;
            odd += bytes[i + 1] == 0 ? 1 : 0;
        }

        var pairs = length / 2;
        if (pairs < fewest || Math.Max(even, odd) * 10 < pairs * 4 || Math.Min(even, odd) > pairs / 50)
        {
            return null;
        }

        return new UnicodeEncoding(bigEndian: even > odd, byteOrderMark: false);
    }

    /// <summary>Zero bytes, or controls that no text holds in more than one of two hundred bytes.</summary>
    private static void RefuseBinary(ReadOnlySpan<byte> bytes)
    {
        var controls = 0;
        foreach (var b in bytes)
        {
            // Tab, line ends, form feed, escape (ISO-2022) and the DOS end of file are found in texts.
            controls += b is < 0x20 and not (0x09 or 0x0A or 0x0B or 0x0C or 0x0D or 0x1A or 0x1B) or 0x7F ? 1 : 0;
        }

        if (controls > bytes.Length / 200)
        {
            throw ParseRefusal.Unsupported("The file is neither a known format nor text: it holds control bytes. Convert it to PDF, DOCX, HTML or text.");
        }
    }

    private static DecodedText? Utf8(ReadOnlySpan<byte> bytes, bool isPrefix)
    {
        // A cut file may end inside a character: up to three bytes of it are let go.
        for (var dropped = 0; dropped <= 3 && dropped < bytes.Length; dropped++)
        {
            try
            {
                var text = StrictUtf8.GetString(bytes[..(bytes.Length - dropped)]);
                var warning = dropped > 0 && !isPrefix ? "The file ends inside a character." : null;
                return text.Contains('\u001B', StringComparison.Ordinal) ? null : new(text, "utf-8", warning);
            }
            catch (DecoderFallbackException)
            {
                // Shorter, or another encoding.
            }
        }

        return null;
    }

    private static DecodedText Legacy(ReadOnlySpan<byte> bytes)
    {
        var detail = LegacyEncodings.Detect(bytes.ToArray());
        var text = detail.Encoding.GetString(bytes);
        var name = detail.Encoding.WebName;
        var warning = detail.Confidence < SureConfidence
            ? $"The encoding is a guess: {name} with confidence {detail.Confidence:0.00}."
            : null;
        return new(text, name, warning);
    }
}
