using Pipeline.Models.Tokenization.Decoding;

namespace Pipeline.Models;

/// <summary>
/// Turns token ids into text as they come. What it returns is final and never ends inside a character; all of it together is what
/// <see cref="ModelTokenizer.Decode"/> gives for all ids. Belongs to one generation; not safe from several threads.
/// </summary>
public sealed class TokenDecoder
{
    private readonly ModelTokenizer tokenizer;
    private readonly bool skipSpecial;
    private readonly TextStage text = new();
    private readonly DecodeStage first;

    internal TokenDecoder(ModelTokenizer tokenizer, Func<TextStage, DecodeStage> chain, bool skipSpecial)
    {
        this.tokenizer = tokenizer;
        this.skipSpecial = skipSpecial;
        first = chain(text);
    }

    /// <summary>Returns the text that <paramref name="id"/> completes, often "". An id without a token gives "".</summary>
    public string Append(int id)
    {
        if (tokenizer.Token(id) is { } token && !(skipSpecial && tokenizer.IsSpecial(id)))
        {
            first.Append(token);
        }

        return text.Take();
    }

    /// <summary>The end: returns what was kept back; a cut character becomes U+FFFD.</summary>
    public string Flush()
    {
        first.Flush();
        return text.Take();
    }
}
