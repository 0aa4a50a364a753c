namespace Pipeline.Models.Jinja;

/// <summary>The tests of <c>is</c>.</summary>
internal static class JinjaTests
{
    public static bool Holds(JinjaRun run, string name, object? value, JinjaArguments arguments, int line) => name switch
    {
        "defined" => value is not JinjaUndefined,
        "undefined" => value is JinjaUndefined,
        "none" => value is null,
        "true" => value is true,
        "false" => value is false,
        "boolean" => value is bool,
        "string" => value is string,
        "number" => value is long or double or bool,
        "integer" => value is long,
        "float" => value is double,
        "mapping" => value is JinjaMap,
        "sequence" => value is List<object?> or string or JinjaMap,
        "iterable" => value is List<object?> or string or JinjaMap or JinjaUndefined,
        "callable" => value is JinjaFunction,
        "even" => JinjaValue.ToInteger(value, line) % 2 == 0,
        "odd" => JinjaValue.ToInteger(value, line) % 2 != 0,
        "divisibleby" => JinjaArithmetic.IsDivisible(value, arguments.Get(0, "num"), line),
        "eq" or "equalto" or "==" => JinjaValue.AreEqual(run, value, arguments.Get(0, "other")),
        "ne" or "!=" => !JinjaValue.AreEqual(run, value, arguments.Get(0, "other")),
        "lt" or "lessthan" or "<" => JinjaValue.Compare(value, arguments.Get(0, "other"), line) < 0,
        "gt" or "greaterthan" or ">" => JinjaValue.Compare(value, arguments.Get(0, "other"), line) > 0,
        "le" or "<=" => JinjaValue.Compare(value, arguments.Get(0, "other"), line) <= 0,
        "ge" or ">=" => JinjaValue.Compare(value, arguments.Get(0, "other"), line) >= 0,
        "in" => JinjaValue.Contains(run, arguments.Get(0, "seq"), value, line),
        "lower" => value is string text && text.Any(char.IsLetter) && !text.Any(char.IsUpper),
        "upper" => value is string text && text.Any(char.IsLetter) && !text.Any(char.IsLower),
        _ => throw new JinjaException(line, $"the test '{name}' is not known"),
    };
}
