namespace Pipeline.Models.Tokenization;

/// <summary>
/// The byte alphabet of byte-level BPE (GPT-2's encoder.py, <c>bytes_to_unicode</c>): each byte is written as one printable character.
/// Printable bytes stand for themselves, the others for U+0100 and on, in order.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] ToCharTable = MakeChars();
    private static readonly short[] ToByteTable = MakeBytes();

    public static char ToChar(byte value) => ToCharTable[value];

    /// <summary>The byte that a character stands for, or -1.</summary>
    public static int ToByte(char character) => character < ToByteTable.Length ? ToByteTable[character] : -1;

    private static char[] MakeChars()
    {
        var chars = new char[256];
        var next = 256;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            chars[value] = (char)(printable ? value : next++);
        }

        return chars;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[ToCharTable.Max() + 1];
        Array.Fill<short>(bytes, -1);
        for (var value = 0; value < 256; value++)
        {
            bytes[ToCharTable[value]] = (short)value;
        }

        return bytes;
    }
}
