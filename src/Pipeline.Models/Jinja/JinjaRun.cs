namespace Pipeline.Models.Jinja;

/// <summary>One rendering: its counters, which bound what a template can use.</summary>
internal sealed class JinjaRun
{
    private long steps;
    private int depth;

    /// <summary>The line that is being evaluated.</summary>
    public int Line { get; private set; } = 1;

    public void Enter(int line)
    {
        Charge(1, line);
        if (++depth > JinjaLimits.EvaluationDepth)
        {
            throw new JinjaException(line, $"more than {JinjaLimits.EvaluationDepth} blocks, calls and operators within each other");
        }
    }

    public void Leave() => depth--;

    /// <summary>Checks and charges the length of a string or list before it is made.</summary>
    public int Length(long length, int line)
    {
        if (length > JinjaLimits.Length)
        {
            throw new JinjaException(line, $"a string or list grows beyond {JinjaLimits.Length}");
        }

        Charge(length / 32, line);
        return (int)length;
    }

    /// <summary>Charges for work on the whole of a value.</summary>
    public void Use(object? value, int line) =>
        Charge(value switch { string text => text.Length / 32, List<object?> list => list.Count, JinjaMap map => map.Count, _ => 0 }, line);

    public void Charge(long count, int line)
    {
        Line = line;
        steps += count;
        if (steps > JinjaLimits.Steps)
        {
            throw new JinjaException(line, $"rendering takes more than {JinjaLimits.Steps} steps");
        }
    }
}
