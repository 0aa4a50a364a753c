namespace Pipeline.Models.Tokenization.PreTokenization;

/// <summary>Splits at every occurrence of a string.</summary>
internal sealed class LiteralSplit(string literal, SplitBehavior behavior, bool invert) : PreTokenizer
{
    public override void Split(in MappedText text, int start, int length, IPieceSink next)
    {
        var span = text.Text.Span.Slice(start, length);
        var assembler = new PieceAssembler(text, behavior, invert, next);
        var from = 0;
        for (var at = span.IndexOf(literal, StringComparison.Ordinal); at >= 0; at = span[from..].IndexOf(literal, StringComparison.Ordinal))
        {
            assembler.Add(start + from, at, isMatch: false);
            assembler.Add(start + from + at, literal.Length, isMatch: true);
            from += at + literal.Length;
        }

        assembler.Add(start + from, span.Length - from, isMatch: false);
        assembler.Complete();
    }
}
