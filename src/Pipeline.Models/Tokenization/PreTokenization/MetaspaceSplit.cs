namespace Pipeline.Models.Tokenization.PreTokenization;

/// <summary>When <see cref="MetaspaceSplit"/> and its decoder put the mark before a text.</summary>
internal enum PrependScheme
{
    Always,
    First,
    Never,
}

/// <summary>SentencePiece's way with spaces: a space becomes a visible mark, and the text gets one before it.</summary>
internal sealed class MetaspaceSplit(char mark, PrependScheme scheme, bool split) : PreTokenizer
{
    public override void Split(in MappedText text, int start, int length, IPieceSink next)
    {
        var changed = new char[length];
        text.Text.Span.Slice(start, length).Replace(changed, ' ', mark);
        var piece = text.Slice(start, length).WithText(changed);
        if (length > 0 && changed[0] != mark && Prepends(piece))
        {
            var builder = new MappedTextBuilder(piece);
            builder.Replace(0, 0, [mark]);
            builder.Copy(0, length);
            piece = builder.Build();
        }

        if (!split)
        {
            next.Accept(piece, 0, piece.Length);
            return;
        }

        new LiteralSplit(mark.ToString(), SplitBehavior.MergedWithNext, invert: false).Split(piece, 0, piece.Length, next);
    }

    private bool Prepends(in MappedText piece) => piece.Before != SectionStart.Continuation && scheme switch
    {
        PrependScheme.Always => true,
        PrependScheme.First => piece.Before == SectionStart.Text,
        _ => false,
    };
}
