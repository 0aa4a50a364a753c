using System.Text;

namespace Pipeline.Models.Tokenization.Decoding;

/// <summary>Byte alphabet to UTF-8 bytes to text. Bytes of an unfinished character are kept; bytes that are no UTF-8 become U+FFFD.</summary>
internal sealed class ByteLevelStage(DecodeStage next) : DecodeStage(next)
{
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();

    public override void Append(string piece) => Decode(ToBytes(piece), flush: false);

    public override void Flush()
    {
        Decode([], flush: true);
        base.Flush();
    }

    private void Decode(byte[] bytes, bool flush)
    {
        var chars = new char[decoder.GetCharCount(bytes, flush)];
        decoder.GetChars(bytes, chars, flush);
        Pass(new string(chars));
    }

    private static byte[] ToBytes(string piece)
    {
        var bytes = new byte[piece.Length];
        for (var i = 0; i < piece.Length; i++)
        {
            var value = ByteAlphabet.ToByte(piece[i]);
            if (value < 0)
            {
                return Encoding.UTF8.GetBytes(piece); // An added token that is written as text.
            }

            bytes[i] = (byte)value;
        }

        return bytes;
    }
}
