namespace Pipeline.Models.Tokenization.PreTokenization;

/// <summary>Byte-level BPE's <c>add_prefix_space</c>: a space before each piece that has none.</summary>
internal sealed class PrefixSpace : PreTokenizer
{
    public override void Split(in MappedText text, int start, int length, IPieceSink next)
    {
        if (length == 0 || (start == 0 && text.Before == SectionStart.Continuation) || text.Text.Span[start] == ' ')
        {
            next.Accept(text, start, length);
            return;
        }

        var piece = text.Slice(start, length);
        var builder = new MappedTextBuilder(piece);
        builder.Replace(0, 0, " ");
        builder.Copy(0, length);
        piece = builder.Build();
        next.Accept(piece, 0, piece.Length);
    }
}
