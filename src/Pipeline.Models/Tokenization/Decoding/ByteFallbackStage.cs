using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Pipeline.Models.Tokenization.Decoding;

/// <summary>
/// Runs of tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> to text. A run that is not UTF-8 as a whole becomes one U+FFFD per byte, as in
/// Hugging Face tokenizers, so a run is kept until another token ends it.
/// </summary>
internal sealed class ByteFallbackStage(DecodeStage next) : DecodeStage(next)
{
    private readonly List<byte> run = [];

    public override void Append(string piece)
    {
        if (TryParse(piece, out var value))
        {
            run.Add(value);
            return;
        }

        PassRun();
        Pass(piece);
    }

    public override void Flush()
    {
        PassRun();
        base.Flush();
    }

    private void PassRun()
    {
        if (run.Count == 0)
        {
            return;
        }

        var bytes = run.ToArray();
        run.Clear();
        Pass(Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : new string('\uFFFD', bytes.Length));
    }

    private static bool TryParse(string piece, out byte value)
    {
        value = 0;
        return piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal) && piece[5] == '>'
            && byte.TryParse(piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
