namespace Pipeline.Models.Tokenization.Normalization;

/// <summary>Changes a section of text before it is split into words (the <c>normalizer</c> of <c>tokenizer.json</c>).</summary>
internal abstract class TextNormalizer
{
    /// <summary>Returns the text unchanged, without a copy, where there is nothing to change.</summary>
    public abstract MappedText Apply(MappedText text);
}

internal sealed class SequenceNormalizer(IReadOnlyList<TextNormalizer> steps) : TextNormalizer
{
    public override MappedText Apply(MappedText text)
    {
        foreach (var step in steps)
        {
            text = step.Apply(text);
        }

        return text;
    }
}

/// <summary>Puts a text before each section that does not go on from other text.</summary>
internal sealed class PrependNormalizer(string prefix) : TextNormalizer
{
    public override MappedText Apply(MappedText text)
    {
        if (text.Length == 0 || text.Before == SectionStart.Continuation)
        {
            return text;
        }

        var builder = new MappedTextBuilder(text);
        builder.Replace(0, 0, prefix);
        builder.Copy(0, text.Length);
        return builder.Build();
    }
}
