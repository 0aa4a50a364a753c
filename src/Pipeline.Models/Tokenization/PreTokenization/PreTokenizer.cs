namespace Pipeline.Models.Tokenization.PreTokenization;

/// <summary>Takes pieces of a text as they are found, in order.</summary>
internal interface IPieceSink
{
    void Accept(in MappedText text, int start, int length);
}

/// <summary>Splits a piece of text into smaller ones, which no token crosses (the <c>pre_tokenizer</c> of <c>tokenizer.json</c>).</summary>
internal abstract class PreTokenizer
{
    public abstract void Split(in MappedText text, int start, int length, IPieceSink next);
}

/// <summary>One splitter after another, each on the pieces of the one before.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<PreTokenizer> steps) : PreTokenizer
{
    public override void Split(in MappedText text, int start, int length, IPieceSink next)
    {
        var sink = next;
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            sink = new Step(steps[i], sink);
        }

        sink.Accept(text, start, length);
    }

    private sealed class Step(PreTokenizer splitter, IPieceSink next) : IPieceSink
    {
        public void Accept(in MappedText text, int start, int length) => splitter.Split(text, start, length, next);
    }
}
