namespace Pipeline.Models.Jinja;

/// <summary>Names and their values; a loop, a macro and a <c>with</c> have one of their own within the one around them.</summary>
internal sealed class JinjaScope(JinjaRun run, JinjaScope? outer)
{
    private readonly JinjaMap values = [];

    public JinjaRun Run { get; } = run;

    public JinjaScope Root => outer?.Root ?? this;

    public object? Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.values.TryGetValue(name, out var value))
            {
                return value;
            }
        }

        return new JinjaUndefined(name);
    }

    public void Set(string name, object? value) => values[name] = value;

    /// <summary>Gives a value to one name, or its items to several.</summary>
    public static void Assign(JinjaScope scope, IReadOnlyList<string> names, object? value, int line)
    {
        if (names.Count == 1)
        {
            scope.Set(names[0], value);
            return;
        }

        var items = JinjaValue.Items(value, line);
        if (items.Count != names.Count)
        {
            throw new JinjaException(line, $"{names.Count} names can't take {items.Count} items");
        }

        for (var i = 0; i < names.Count; i++)
        {
            scope.Set(names[i], items[i]);
        }
    }

    private JinjaScope? Outer => outer;
}
