namespace Pipeline.Models.Jinja;

/// <summary>Python's operators on numbers, strings and lists.</summary>
internal static class JinjaArithmetic
{
    public static object? Apply(JinjaRun run, string name, object? left, object? right, int line)
    {
        if (name == "~")
        {
            return Concat(run, JinjaValue.ToText(run, left), JinjaValue.ToText(run, right), line);
        }

        try
        {
            return (name, left, right) switch
            {
                ("+", string a, string b) => Concat(run, a, b, line),
                ("+", List<object?> a, List<object?> b) => Concat(run, a, b, line),
                ("*", string text, long times) => Repeat(run, text, times, line),
                (_, bool or long, bool or long) => Whole(name, JinjaValue.ToInteger(left, line), JinjaValue.ToInteger(right, line)),
                _ when JinjaValue.TryNumber(left, out var a) && JinjaValue.TryNumber(right, out var b) => Real(name, a, b),
                _ => throw new JinjaException(line, $"'{name}' is not known for {JinjaValue.TypeName(left)} and {JinjaValue.TypeName(right)}"),
            };
        }
        catch (ArithmeticException)
        {
            throw new JinjaException(line, $"'{name}' leads to a number that can't be had (division by zero, or too large)");
        }
    }

    public static bool IsDivisible(object? value, object? by, int line) => JinjaValue.ToInteger(by, line) is var divisor && divisor != 0
        ? JinjaValue.ToInteger(value, line) % divisor == 0
        : throw new JinjaException(line, "division by zero");

    public static string Concat(JinjaRun run, string left, string right, int line)
    {
        run.Length((long)left.Length + right.Length, line);
        return left + right;
    }

    private static List<object?> Concat(JinjaRun run, List<object?> left, List<object?> right, int line)
    {
        run.Length((long)left.Count + right.Count, line);
        return [.. left, .. right];
    }

    private static string Repeat(JinjaRun run, string text, long times, int line)
    {
        if (text.Length == 0 || times <= 0)
        {
            return "";
        }

        run.Length(times > JinjaLimits.Length ? long.MaxValue : text.Length * times, line);
        return string.Concat(Enumerable.Repeat(text, (int)times));
    }

    // The casts keep whole numbers whole: without them the arms' common type is double.
    private static object Whole(string name, long left, long right) => name switch
    {
        "+" => (object)checked(left + right),
        "-" => checked(left - right),
        "*" => checked(left * right),
        "/" => right == 0 ? throw new DivideByZeroException() : (double)left / right,
        "//" => FloorDivide(left, right),
        "%" => left - (FloorDivide(left, right) * right),
        _ when right < 0 => Math.Pow(left, right),
        _ => checked((long)(decimal)Math.Pow(left, right)),
    };

    private static long FloorDivide(long left, long right)
    {
        var quotient = checked(left / right);
        return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient;
    }

    private static double Real(string name, double left, double right)
    {
        if (right == 0 && (name is "/" or "//" or "%"))
        {
            throw new DivideByZeroException();
        }

        return name switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            "//" => Math.Floor(left / right),
            "%" => left - (Math.Floor(left / right) * right),
            _ => Math.Pow(left, right),
        };
    }
}
