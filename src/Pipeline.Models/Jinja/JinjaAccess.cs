namespace Pipeline.Models.Jinja;

/// <summary><c>value.name</c> and <c>value[key]</c>.</summary>
internal sealed class MemberExpression(JinjaExpression target, JinjaExpression key, bool isAttribute, int line) : JinjaExpression(line)
{
    public JinjaExpression Target { get; } = target;

    /// <summary>The name after a dot; null for <c>[key]</c>.</summary>
    public string? Attribute(JinjaScope scope) => isAttribute ? (string?)key.Evaluate(scope) : null;

    protected override object? Compute(JinjaScope scope) => Read(Target.Evaluate(scope), key.Evaluate(scope), Line);

    public static object? Read(object? value, object? key, int line)
    {
        switch (value, key)
        {
            case (JinjaMap map, string name):
                return map.TryGetValue(name, out var found) ? found : new JinjaUndefined(name);
            case (JinjaNamespace space, string name):
                return space.Values.TryGetValue(name, out found) ? found : new JinjaUndefined(name);
            case (List<object?> list, bool or long):
                var index = Index(JinjaValue.ToInteger(key, line), list.Count);
                return index < 0 ? new JinjaUndefined($"item {key}") : list[index];
            case (string text, bool or long):
                index = Index(JinjaValue.ToInteger(key, line), text.Length);
                return index < 0 ? new JinjaUndefined($"character {key}") : text[index].ToString();
            case (JinjaUndefined undefined, _):
                throw new JinjaException(line, $"'{undefined.Name}' is undefined");
            default:
                return new JinjaUndefined(key as string ?? JinjaValue.TypeName(key));
        }
    }

    private static int Index(long index, int count)
    {
        var place = index < 0 ? index + count : index;
        return place >= 0 && place < count ? (int)place : -1;
    }
}

/// <summary><c>value[start:stop:step]</c>.</summary>
internal sealed class SliceExpression(JinjaExpression target, JinjaExpression? start, JinjaExpression? stop, JinjaExpression? step, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope)
    {
        var value = target.Evaluate(scope);
        var count = value switch
        {
            List<object?> list => list.Count,
            string text => text.Length,
            _ => throw new JinjaException(Line, $"{JinjaValue.TypeName(value)} can't be sliced"),
        };
        var by = Bound(step, scope) ?? 1;
        if (by == 0)
        {
            throw new JinjaException(Line, "the step of a slice is 0");
        }

        var (low, high) = by > 0 ? (0L, (long)count) : (-1L, count - 1L);
        var from = Clamp(Bound(start, scope), by > 0 ? low : high, low, high, count);
        var to = Clamp(Bound(stop, scope), by > 0 ? high : low, low, high, count);
        var places = new List<int>();
        for (var i = from; by > 0 ? i < to : i > to; i += by)
        {
            places.Add((int)i);
        }

        scope.Run.Length(places.Count, Line);
        return value is List<object?> items
            ? places.ConvertAll(place => items[place])
            : string.Concat(places.Select(place => ((string)value!)[place]));
    }

    private long? Bound(JinjaExpression? bound, JinjaScope scope) =>
        bound?.Evaluate(scope) is { } value ? Math.Clamp(JinjaValue.ToInteger(value, Line), int.MinValue, int.MaxValue) : null;

    private static long Clamp(long? bound, long whenAbsent, long low, long high, int count) =>
        bound is { } value ? Math.Clamp(value < 0 ? value + count : value, low, high) : whenAbsent;
}
