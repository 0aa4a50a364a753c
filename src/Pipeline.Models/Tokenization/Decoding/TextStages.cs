using Pipeline.Models.Tokenization.PreTokenization;

namespace Pipeline.Models.Tokenization.Decoding;

/// <summary>Replaces a string within each token.</summary>
internal sealed class ReplaceStage(string pattern, string content, DecodeStage next) : DecodeStage(next)
{
    public override void Append(string piece) => Pass(piece.Replace(pattern, content, StringComparison.Ordinal));
}

/// <summary>SentencePiece's mark back to a space; the first token's mark is dropped where it was put there when encoding.</summary>
internal sealed class MetaspaceStage(char mark, PrependScheme scheme, DecodeStage next) : DecodeStage(next)
{
    private bool started;

    public override void Append(string piece)
    {
        var drops = !started && scheme != PrependScheme.Never;
        started = true;
        Pass(drops ? piece.Replace(mark.ToString(), "", StringComparison.Ordinal) : piece.Replace(mark, ' '));
    }
}

/// <summary>Takes up to so many of a character off the start of the whole text (after <c>Fuse</c>), or of each token.</summary>
internal sealed class StripStartStage(char content, int count, bool wholeText, DecodeStage next) : DecodeStage(next)
{
    private int stripped;

    public override void Append(string piece)
    {
        var start = 0;
        while (start < piece.Length && stripped < count && piece[start] == content)
        {
            start++;
            stripped++;
        }

        if (!wholeText)
        {
            stripped = 0;
        }
        else if (start < piece.Length)
        {
            stripped = count;
        }

        Pass(piece[start..]);
    }
}

/// <summary>No decoder at all: tokens stand apart by spaces.</summary>
internal sealed class JoinBySpaceStage(DecodeStage next) : DecodeStage(next)
{
    private bool started;

    public override void Append(string piece)
    {
        Pass(started ? " " + piece : piece);
        started = true;
    }
}
