namespace Pipeline.Models.Jinja;

/// <summary>The tokens of a template with a place in them, and how deep the parser is.</summary>
internal sealed class JinjaTokens(List<JinjaToken> tokens)
{
    private int at;
    private int depth;

    public JinjaToken Current => tokens[at];

    public int Line => Current.Line;

    public JinjaToken Peek(int offset) => tokens[Math.Min(at + offset, tokens.Count - 1)];

    public JinjaToken Next() => tokens[at == tokens.Count - 1 ? at : at++];

    public bool TryOperator(string text)
    {
        var found = Current.IsOperator(text);
        at += found ? 1 : 0;
        return found;
    }

    public bool TryName(string name)
    {
        var found = Current.IsName(name);
        at += found ? 1 : 0;
        return found;
    }

    public void Operator(string text)
    {
        if (!TryOperator(text))
        {
            throw Expected($"'{text}'");
        }
    }

    public void Name(string name)
    {
        if (!TryName(name))
        {
            throw Expected($"'{name}'");
        }
    }

    public string Identifier() => Current.Kind == JinjaTokenKind.Name ? Next().Text : throw Expected("a name");

    public void Kind(JinjaTokenKind kind, string what)
    {
        if (Current.Kind != kind)
        {
            throw Expected(what);
        }

        Next();
    }

    public JinjaException Expected(string what) => new(Line, $"{what} is expected where {Current} stands");

    /// <summary>Bounds how deep parsing goes.</summary>
    public T Nested<T>(Func<T> parse)
    {
        if (++depth > JinjaLimits.Depth)
        {
            throw new JinjaException(Line, $"more than {JinjaLimits.Depth} blocks or operators within each other");
        }

        var result = parse();
        depth--;
        return result;
    }
}
