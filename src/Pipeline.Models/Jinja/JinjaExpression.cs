namespace Pipeline.Models.Jinja;

/// <summary>A part of an expression, which can be evaluated.</summary>
internal abstract class JinjaExpression(int line)
{
    public int Line { get; } = line;

    public object? Evaluate(JinjaScope scope)
    {
        scope.Run.Enter(Line);
        var value = Compute(scope);
        scope.Run.Leave();
        return value;
    }

    protected abstract object? Compute(JinjaScope scope);
}

internal sealed class LiteralExpression(object? value, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope) => value;
}

internal sealed class NameExpression(string name, int line) : JinjaExpression(line)
{
    public string Name { get; } = name;

    protected override object? Compute(JinjaScope scope) => scope.Get(Name);
}

internal sealed class ListExpression(IReadOnlyList<JinjaExpression> items, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope) => items.Select(item => item.Evaluate(scope)).ToList();
}

internal sealed class MapExpression(IReadOnlyList<(JinjaExpression Key, JinjaExpression Value)> entries, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope)
    {
        var map = new JinjaMap();
        foreach (var (key, value) in entries)
        {
            map[JinjaValue.ToStringValue(key.Evaluate(scope), Line)] = value.Evaluate(scope);
        }

        return map;
    }
}

internal sealed class ConditionalExpression(JinjaExpression condition, JinjaExpression then, JinjaExpression? otherwise, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope) => JinjaValue.IsTrue(condition.Evaluate(scope))
        ? then.Evaluate(scope)
        : otherwise is null ? new JinjaUndefined("the missing else") : otherwise.Evaluate(scope);
}

internal sealed class NotExpression(JinjaExpression operand, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope) => !JinjaValue.IsTrue(operand.Evaluate(scope));
}

/// <summary><c>and</c> and <c>or</c>, which give one of their operands, as in Python.</summary>
internal sealed class LogicExpression(bool isAnd, JinjaExpression left, JinjaExpression right, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope)
    {
        var first = left.Evaluate(scope);
        return JinjaValue.IsTrue(first) == isAnd ? right.Evaluate(scope) : first;
    }
}

internal sealed class NegateExpression(JinjaExpression operand, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope) => operand.Evaluate(scope) switch
    {
        long number => (object)-number,
        double number => -number,
        var value => throw new JinjaException(Line, $"{JinjaValue.TypeName(value)} can't be negated"),
    };
}

/// <summary>Comparisons in a chain, each with the next: <c>a &lt; b &lt; c</c>.</summary>
internal sealed class CompareExpression(JinjaExpression first, IReadOnlyList<(string Operator, JinjaExpression Operand)> rest, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope)
    {
        var left = first.Evaluate(scope);
        foreach (var (name, operand) in rest)
        {
            var right = operand.Evaluate(scope);
            scope.Run.Use(left, Line);
            scope.Run.Use(right, Line);
            if (!Holds(scope.Run, name, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private bool Holds(JinjaRun run, string name, object? left, object? right) => name switch
    {
        "==" => JinjaValue.AreEqual(run, left, right),
        "!=" => !JinjaValue.AreEqual(run, left, right),
        "<" => JinjaValue.Compare(left, right, Line) < 0,
        "<=" => JinjaValue.Compare(left, right, Line) <= 0,
        ">" => JinjaValue.Compare(left, right, Line) > 0,
        ">=" => JinjaValue.Compare(left, right, Line) >= 0,
        "in" => JinjaValue.Contains(run, right, left, Line),
        _ => !JinjaValue.Contains(run, right, left, Line),
    };
}

internal sealed class ArithmeticExpression(string name, JinjaExpression left, JinjaExpression right, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope) => JinjaArithmetic.Apply(scope.Run, name, left.Evaluate(scope), right.Evaluate(scope), Line);
}
