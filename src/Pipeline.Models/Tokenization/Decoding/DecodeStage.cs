using System.Text;

namespace Pipeline.Models.Tokenization.Decoding;

/// <summary>
/// One step from tokens back to text (the <c>decoder</c> of <c>tokenizer.json</c>), working token by token: a step passes on what no later
/// token can change, and keeps the rest until it can or the end comes.
/// </summary>
internal abstract class DecodeStage(DecodeStage? next)
{
    public abstract void Append(string piece);

    /// <summary>The end of the tokens: passes on what is kept.</summary>
    public virtual void Flush() => next?.Flush();

    protected void Pass(string piece) => next?.Append(piece);
}

/// <summary>The last stage: collects the text.</summary>
internal sealed class TextStage : DecodeStage
{
    private readonly StringBuilder text = new();

    public TextStage()
        : base(null)
    {
    }

    public override void Append(string piece) => text.Append(piece);

    public string Take()
    {
        var taken = text.ToString();
        text.Clear();
        return taken;
    }
}
