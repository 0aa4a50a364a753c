namespace Pipeline.Models.Jinja;

/// <summary>A name or key that has no value. Prints as nothing, is false, and has no members.</summary>
internal sealed class JinjaUndefined(string name)
{
    public string Name { get; } = name;
}

/// <summary>An ordered map with string keys.</summary>
internal sealed class JinjaMap : Dictionary<string, object?>
{
    public JinjaMap()
        : base(StringComparer.Ordinal)
    {
    }
}

/// <summary>What <c>namespace(…)</c> makes: a map that <c>set a.b = …</c> may change.</summary>
internal sealed class JinjaNamespace(JinjaMap values)
{
    public JinjaMap Values { get; } = values;
}

/// <summary>Arguments of a call, filter or test.</summary>
internal sealed record JinjaArguments(IReadOnlyList<object?> Positional, JinjaMap Named)
{
    /// <summary>The argument at a place or of a name; <paramref name="otherwise"/> where it is not given.</summary>
    public object? Get(int index, string name, object? otherwise = null) =>
        index < Positional.Count ? Positional[index] : Named.GetValueOrDefault(name, otherwise);
}

/// <summary>Something that can be called: a macro, <c>range</c>, <c>raise_exception</c>.</summary>
internal delegate object? JinjaFunction(JinjaRun run, JinjaArguments arguments, int line);

/// <summary>
/// Python's view of values. A value is null (None), <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/>,
/// <see cref="List{T}"/>, <see cref="JinjaMap"/>, <see cref="JinjaNamespace"/>, <see cref="JinjaFunction"/> or <see cref="JinjaUndefined"/>.
/// </summary>
internal static class JinjaValue
{
    public static bool IsTrue(object? value) => value switch
    {
        null or JinjaUndefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        JinjaMap map => map.Count > 0,
        _ => true,
    };

    public static string TypeName(object? value) => value switch
    {
        null => "None",
        JinjaUndefined undefined => $"undefined ('{undefined.Name}')",
        bool => "a boolean",
        long or double => "a number",
        string => "a string",
        List<object?> => "a list",
        JinjaMap => "a map",
        JinjaNamespace => "a namespace",
        _ => "a function",
    };

    /// <summary>What <c>{{ value }}</c> prints.</summary>
    public static string ToText(JinjaRun run, object? value) => value switch
    {
        string text => text,
        JinjaUndefined => "",
        _ => JinjaPrinter.Python(run, value),
    };

    public static bool AreEqual(JinjaRun run, object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (JinjaUndefined, JinjaUndefined) => true,
        (string a, string b) => a == b,
        // Lists and maps are compared as they print: printing is bounded in depth and length.
        (List<object?>, List<object?>) or (JinjaMap, JinjaMap) => ReferenceEquals(left, right) || JinjaPrinter.Python(run, left) == JinjaPrinter.Python(run, right),
        _ when TryNumber(left, out var a) && TryNumber(right, out var b) => a.Equals(b),
        _ => left is not null && ReferenceEquals(left, right),
    };

    /// <summary>Order of two numbers or two strings.</summary>
    public static int Compare(object? left, object? right, int line) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        _ when TryNumber(left, out var a) && TryNumber(right, out var b) => a.CompareTo(b),
        _ => throw new JinjaException(line, $"{TypeName(left)} and {TypeName(right)} have no order"),
    };

    public static bool TryNumber(object? value, out double number)
    {
        number = value switch { bool flag => flag ? 1 : 0, long whole => whole, double real => real, _ => double.NaN };
        return value is bool or long or double;
    }

    public static long ToInteger(object? value, int line) => value switch
    {
        bool flag => flag ? 1 : 0,
        long number => number,
        _ => throw new JinjaException(line, $"a whole number is needed where {TypeName(value)} stands"),
    };

    public static string ToStringValue(object? value, int line) =>
        value as string ?? throw new JinjaException(line, $"a string is needed where {TypeName(value)} stands");

    /// <summary>The items that <c>for</c> goes over.</summary>
    public static List<object?> Items(object? value, int line) => value switch
    {
        List<object?> list => list,
        JinjaMap map => [.. map.Keys],
        string text => [.. text.EnumerateRunes().Select(rune => (object?)rune.ToString())],
        JinjaUndefined => [],
        _ => throw new JinjaException(line, $"{TypeName(value)} can't be gone over item by item"),
    };

    public static bool Contains(JinjaRun run, object? container, object? item, int line) => container switch
    {
        string text => text.Contains(ToStringValue(item, line), StringComparison.Ordinal),
        JinjaMap map => item is string key && map.ContainsKey(key),
        List<object?> list => list.Exists(other => AreEqual(run, other, item)),
        JinjaUndefined => false,
        _ => throw new JinjaException(line, $"'in' needs a string, list or map, not {TypeName(container)}"),
    };
}
