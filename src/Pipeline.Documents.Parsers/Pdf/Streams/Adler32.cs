namespace Pipeline.Documents.Parsers.Pdf.Streams;

/// <summary>The checksum at the end of a zlib stream (RFC 1950, section 9).</summary>
internal sealed class Adler32
{
    private const uint Modulus = 65521;

    /// <summary>Most bytes whose sums fit 32 bits before a reduction (RFC 1950's own implementations use it too).</summary>
    private const int Stride = 5552;

    private uint low = 1;
    private uint high;

    public uint Value => (high << 16) | low;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var part = bytes[..Math.Min(bytes.Length, Stride)];
            foreach (var b in part)
            {
                low += b;
                high += low;
            }

            low %= Modulus;
            high %= Modulus;
            bytes = bytes[part.Length..];
        }
    }
}
