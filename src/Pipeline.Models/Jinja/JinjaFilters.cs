using System.Globalization;
using System.Text;

namespace Pipeline.Models.Jinja;

/// <summary>The filters of <c>|</c> that chat templates use.</summary>
internal static class JinjaFilters
{
    public static object? Apply(JinjaRun run, string name, object? value, JinjaArguments arguments, int line)
    {
        run.Use(value, line);
        switch (name)
        {
            case "trim": return JinjaMethods.Strip(Text(run, value), arguments.Get(0, "chars"), left: true, right: true, line);
            case "length" or "count": return Count(value, line);
            case "upper": return Text(run, value).ToUpperInvariant();
            case "lower": return Text(run, value).ToLowerInvariant();
            case "capitalize": return JinjaMethods.Capitalize(Text(run, value));
            case "title": return JinjaMethods.Title(Text(run, value));
            case "string" or "safe": return Text(run, value);
            case "replace": return JinjaMethods.Replace(run, Text(run, value), arguments, line);
            case "tojson": return ToJson(run, value, arguments, line);
            case "default" or "d":
                var absent = value is JinjaUndefined || (JinjaValue.IsTrue(arguments.Get(1, "boolean")) && !JinjaValue.IsTrue(value));
                return absent ? arguments.Get(0, "default_value", "") : value;
            case "join":
                var items = arguments.Get(1, "attribute") is { } attribute ? Attributes(value, attribute, line) : JinjaValue.Items(value, line);
                return Join(run, items, Text(run, arguments.Get(0, "d", "")), line);
            case "first": return JinjaValue.Items(value, line) is [var first, ..] ? first : new JinjaUndefined("the first item");
            case "last": return JinjaValue.Items(value, line) is [.., var last] ? last : new JinjaUndefined("the last item");
            case "list": return Copy(run, JinjaValue.Items(value, line), line);
            case "reverse": return Reverse(run, value, line);
            case "unique": return JinjaValue.Items(value, line).DistinctBy(item => JinjaPrinter.Python(run, item), StringComparer.Ordinal).ToList();
            case "items": return value is JinjaMap map ? Pairs(map) : throw Wrong(name, value, line);
            case "int": return ToInteger(value, arguments);
            case "float": return JinjaValue.TryNumber(value, out var number) || TryParse(value, out number) ? number : arguments.Get(0, "default", 0.0);
            case "abs": return Absolute(value, line);
            case "indent": return Indent(run, Text(run, value), arguments, line);
            case "map": return Map(run, value, arguments, line);
            case "select": return Select(run, value, arguments, line, attribute: false, keep: true);
            case "reject": return Select(run, value, arguments, line, attribute: false, keep: false);
            case "selectattr": return Select(run, value, arguments, line, attribute: true, keep: true);
            case "rejectattr": return Select(run, value, arguments, line, attribute: true, keep: false);
            default: throw new JinjaException(line, $"the filter '{name}' is not known");
        }
    }

    public static string Join(JinjaRun run, List<object?> items, string separator, int line)
    {
        var texts = items.ConvertAll(item => Text(run, item));
        run.Length(texts.Sum(text => (long)text.Length + separator.Length), line);
        return string.Join(separator, texts);
    }

    public static List<object?> Pairs(JinjaMap map) => [.. map.Select(entry => (object?)new List<object?> { entry.Key, entry.Value })];

    private static string Text(JinjaRun run, object? value) => JinjaValue.ToText(run, value);

    private static long Count(object? value, int line) => value switch
    {
        string text => text.EnumerateRunes().Count(),
        _ => JinjaValue.Items(value, line).Count,
    };

    private static string ToJson(JinjaRun run, object? value, JinjaArguments arguments, int line)
    {
        int? indent = arguments.Get(0, "indent") is { } width ? (int)Math.Clamp(JinjaValue.ToInteger(width, line), 0, 16) : null;
        var json = JinjaPrinter.Json(run, value, indent);
        run.Length(json.Length, line);
        return json;
    }

    private static List<object?> Copy(JinjaRun run, List<object?> items, int line)
    {
        run.Length(items.Count, line);
        return [.. items];
    }

    private static object Reverse(JinjaRun run, object? value, int line)
    {
        var items = Copy(run, JinjaValue.Items(value, line), line);
        items.Reverse();
        return value is string ? string.Concat(items) : items;
    }

    private static object? ToInteger(object? value, JinjaArguments arguments)
    {
        if (value is bool or long)
        {
            return JinjaValue.ToInteger(value, 0);
        }

        return TryParse(value, out var number) && Math.Abs(number) < long.MaxValue ? (long)Math.Truncate(number) : arguments.Get(0, "default", 0L);
    }

    private static bool TryParse(object? value, out double number)
    {
        number = value as double? ?? 0;
        return value is double || (value is string text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number));
    }

    private static object Absolute(object? value, int line) => value switch
    {
        long and not long.MinValue => (object)Math.Abs((long)value),
        double number => Math.Abs(number),
        _ => throw Wrong("abs", value, line),
    };

    private static string Indent(JinjaRun run, string text, JinjaArguments arguments, int line)
    {
        var width = (int)Math.Clamp(JinjaValue.ToInteger(arguments.Get(0, "width", 4L), line), 0, 64);
        var (first, blank) = (JinjaValue.IsTrue(arguments.Get(1, "first")), JinjaValue.IsTrue(arguments.Get(2, "blank")));
        run.Length(text.Length + ((long)width * text.Count('\n')), line);
        var result = new StringBuilder();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            result.Append(i > 0 ? "\n" : "").Append(' ', (i > 0 || first) && (blank || lines[i].Length > 0) ? width : 0).Append(lines[i]);
        }

        return result.ToString();
    }

    private static List<object?> Map(JinjaRun run, object? value, JinjaArguments arguments, int line)
    {
        if (arguments.Named.TryGetValue("attribute", out var attribute))
        {
            var absent = arguments.Named.GetValueOrDefault("default");
            return Attributes(value, attribute, line).ConvertAll(item => item is JinjaUndefined && absent is not null ? absent : item);
        }

        var filter = JinjaValue.ToStringValue(arguments.Get(0, "filter"), line);
        var rest = new JinjaArguments([.. arguments.Positional.Skip(1)], arguments.Named);
        return JinjaValue.Items(value, line).ConvertAll(item =>
        {
            run.Enter(line);
            var result = Apply(run, filter, item, rest, line);
            run.Leave();
            return result;
        });
    }

    private static List<object?> Attributes(object? value, object? attribute, int line) =>
        JinjaValue.Items(value, line).ConvertAll(item => MemberExpression.Read(item, attribute, line));

    private static List<object?> Select(JinjaRun run, object? value, JinjaArguments arguments, int line, bool attribute, bool keep)
    {
        var offset = attribute ? 1 : 0;
        var test = arguments.Positional.Count > offset ? JinjaValue.ToStringValue(arguments.Positional[offset], line) : null;
        var rest = new JinjaArguments([.. arguments.Positional.Skip(offset + 1)], arguments.Named);
        return JinjaValue.Items(value, line).FindAll(item =>
        {
            var tested = attribute ? MemberExpression.Read(item, arguments.Get(0, "attribute"), line) : item;
            return (test is null ? JinjaValue.IsTrue(tested) : JinjaTests.Holds(run, test, tested, rest, line)) == keep;
        });
    }

    private static JinjaException Wrong(string name, object? value, int line) => new(line, $"the filter '{name}' is not for {JinjaValue.TypeName(value)}");
}
