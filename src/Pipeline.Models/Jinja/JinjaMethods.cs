namespace Pipeline.Models.Jinja;

/// <summary>Methods of Python's strings, maps and lists that chat templates call.</summary>
internal static class JinjaMethods
{
    private static readonly char[] Blanks = [' ', '\t', '\n', '\r', '\f', '\v'];

    public static object? Call(JinjaRun run, object? target, string name, JinjaArguments arguments, int line)
    {
        run.Use(target, line);
        return target switch
        {
            string text => OfString(run, text, name, arguments, line),
            JinjaMap map => OfMap(map, name, arguments, line),
            List<object?> list => OfList(run, list, name, arguments, line),
            JinjaUndefined undefined => throw new JinjaException(line, $"'{undefined.Name}' is undefined, so it has no '{name}'"),
            _ => throw Unknown(target, name, line),
        };
    }

    /// <summary>Python's <c>str.strip</c>: white space, or any of the given characters.</summary>
    public static string Strip(string text, object? characters, bool left, bool right, int line)
    {
        var set = characters is null ? [] : JinjaValue.ToStringValue(characters, line).ToCharArray();
        var start = left ? (set.Length == 0 ? text.TrimStart() : text.TrimStart(set)) : text;
        return right ? (set.Length == 0 ? start.TrimEnd() : start.TrimEnd(set)) : start;
    }

    public static string Capitalize(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>Python's <c>str.title</c>: every run of letters starts with a capital.</summary>
    public static string Title(string text)
    {
        var letters = text.ToLowerInvariant().ToCharArray();
        for (var i = 0; i < letters.Length; i++)
        {
            letters[i] = i == 0 || !char.IsLetter(letters[i - 1]) ? char.ToUpperInvariant(letters[i]) : letters[i];
        }

        return new string(letters);
    }

    public static string Replace(JinjaRun run, string text, JinjaArguments arguments, int line)
    {
        var from = JinjaValue.ToStringValue(arguments.Get(0, "old"), line);
        var to = JinjaValue.ToStringValue(arguments.Get(1, "new"), line);
        if (from.Length == 0)
        {
            throw new JinjaException(line, "'replace' needs a text to look for");
        }

        var limit = arguments.Get(2, "count") is { } count ? JinjaValue.ToInteger(count, line) : long.MaxValue;
        var parts = text.Split(from, limit is >= 0 and < int.MaxValue ? (int)limit + 1 : int.MaxValue);
        run.Length(text.Length + ((parts.Length - 1L) * (to.Length - from.Length)), line);
        return string.Join(to, parts);
    }

    private static object? OfString(JinjaRun run, string text, string name, JinjaArguments arguments, int line)
    {
        return name switch
        {
            "strip" => Strip(text, arguments.Get(0, "chars"), left: true, right: true, line),
            "lstrip" => Strip(text, arguments.Get(0, "chars"), left: true, right: false, line),
            "rstrip" => Strip(text, arguments.Get(0, "chars"), left: false, right: true, line),
            "lower" => text.ToLowerInvariant(),
            "upper" => text.ToUpperInvariant(),
            "title" => Title(text),
            "capitalize" => Capitalize(text),
            "startswith" => Edges(arguments, line).Any(edge => text.StartsWith(edge, StringComparison.Ordinal)),
            "endswith" => Edges(arguments, line).Any(edge => text.EndsWith(edge, StringComparison.Ordinal)),
            "replace" => Replace(run, text, arguments, line),
            "split" => Split(text, arguments, line),
            "join" => JinjaFilters.Join(run, JinjaValue.Items(arguments.Get(0, "items"), line), text, line),
            "find" => (long)text.IndexOf(JinjaValue.ToStringValue(arguments.Get(0, "sub"), line), StringComparison.Ordinal),
            "count" => (long)text.Split(JinjaValue.ToStringValue(arguments.Get(0, "sub"), line)).Length - 1,
            "isdigit" => text.Length > 0 && text.All(char.IsDigit),
            _ => throw Unknown(text, name, line),
        };
    }

    // The argument is one string or a tuple of them.
    private static IEnumerable<string> Edges(JinjaArguments arguments, int line) => arguments.Get(0, "prefix") is List<object?> list
        ? list.Select(edge => JinjaValue.ToStringValue(edge, line))
        : [JinjaValue.ToStringValue(arguments.Get(0, "prefix"), line)];

    private static List<object?> Split(string text, JinjaArguments arguments, int line)
    {
        var limit = arguments.Get(1, "maxsplit") is { } count ? JinjaValue.ToInteger(count, line) : -1;
        if (arguments.Get(0, "sep") is { } separator)
        {
            var by = JinjaValue.ToStringValue(separator, line);
            return by.Length > 0
                ? [.. text.Split(by, limit is >= 0 and < int.MaxValue ? (int)limit + 1 : int.MaxValue)]
                : throw new JinjaException(line, "'split' needs a text to look for");
        }

        return limit < 0
            ? [.. text.Split(Blanks, StringSplitOptions.RemoveEmptyEntries)]
            : throw new JinjaException(line, "'split' at white space with a limit is not known");
    }

    private static object? OfMap(JinjaMap map, string name, JinjaArguments arguments, int line) => name switch
    {
        "get" => map.GetValueOrDefault(JinjaValue.ToStringValue(arguments.Get(0, "key"), line), arguments.Get(1, "default")),
        "items" => JinjaFilters.Pairs(map),
        "keys" => map.Keys.Select(key => (object?)key).ToList(),
        "values" => map.Values.ToList(),
        _ => throw Unknown(map, name, line),
    };

    private static object? OfList(JinjaRun run, List<object?> list, string name, JinjaArguments arguments, int line) => name switch
    {
        "count" => (object)(long)list.Count(item => JinjaValue.AreEqual(run, item, arguments.Get(0, "value"))),
        "index" => list.FindIndex(item => JinjaValue.AreEqual(run, item, arguments.Get(0, "value"))) is >= 0 and var index
            ? (long)index
            : throw new JinjaException(line, "'index' finds no such item"),
        _ => throw Unknown(list, name, line),
    };

    private static JinjaException Unknown(object? target, string name, int line) =>
        new(line, $"the method '{name}' of {JinjaValue.TypeName(target)} is not known");
}
