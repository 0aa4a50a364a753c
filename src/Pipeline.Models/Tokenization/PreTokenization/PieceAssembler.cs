using System.Runtime.InteropServices;

namespace Pipeline.Models.Tokenization.PreTokenization;

/// <summary>What becomes of the matches that a text is split at (Hugging Face tokenizers, <c>SplitDelimiterBehavior</c>).</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Turns matches and the gaps between them into pieces. <see cref="Add"/> takes them in order without holes.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct PieceAssembler(MappedText text, SplitBehavior behavior, bool invert, IPieceSink next)
{
    private int start;
    private int length;
    private bool pendingIsMatch;

    public void Add(int pieceStart, int pieceLength, bool isMatch)
    {
        if (pieceLength == 0)
        {
            return;
        }

        isMatch ^= invert;
        var joins = length > 0 && behavior switch
        {
            SplitBehavior.MergedWithPrevious => isMatch && !pendingIsMatch,
            SplitBehavior.MergedWithNext => !isMatch && pendingIsMatch,
            SplitBehavior.Contiguous => isMatch == pendingIsMatch,
            _ => false,
        };
        if (joins)
        {
            length += pieceLength;
        }
        else
        {
            Emit();
            start = pieceStart;
            length = pieceLength;
        }

        pendingIsMatch = isMatch;
    }

    public void Complete() => Emit();

    private void Emit()
    {
        if (length > 0 && !(behavior == SplitBehavior.Removed && pendingIsMatch))
        {
            next.Accept(text, start, length);
        }

        length = 0;
    }
}
