namespace Pipeline.Models.Jinja;

/// <summary>The written arguments of a call, filter or test.</summary>
internal sealed record ArgumentList(IReadOnlyList<JinjaExpression> Positional, IReadOnlyList<(string Name, JinjaExpression Value)> Named)
{
    public static ArgumentList Empty { get; } = new([], []);

    public JinjaArguments Evaluate(JinjaScope scope)
    {
        var named = new JinjaMap();
        foreach (var (name, value) in Named)
        {
            named[name] = value.Evaluate(scope);
        }

        return new JinjaArguments([.. Positional.Select(argument => argument.Evaluate(scope))], named);
    }
}

/// <summary><c>name(…)</c> and <c>value.method(…)</c>.</summary>
internal sealed class CallExpression(JinjaExpression callee, ArgumentList arguments, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope)
    {
        if (callee is MemberExpression member && member.Attribute(scope) is { } method)
        {
            var target = member.Target.Evaluate(scope);
            if (MemberExpression.Read(target, method, Line) is not JinjaFunction)
            {
                return JinjaMethods.Call(scope.Run, target, method, arguments.Evaluate(scope), Line);
            }
        }

        return callee.Evaluate(scope) switch
        {
            JinjaFunction function => function(scope.Run, arguments.Evaluate(scope), Line),
            JinjaUndefined undefined => throw new JinjaException(Line, $"the function '{undefined.Name}' is not known"),
            var value => throw new JinjaException(Line, $"{JinjaValue.TypeName(value)} can't be called"),
        };
    }
}

/// <summary><c>value | filter(…)</c>.</summary>
internal sealed class FilterExpression(JinjaExpression operand, string name, ArgumentList arguments, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope) =>
        JinjaFilters.Apply(scope.Run, name, operand.Evaluate(scope), arguments.Evaluate(scope), Line);
}

/// <summary><c>value is test(…)</c>.</summary>
internal sealed class TestExpression(JinjaExpression operand, string name, ArgumentList arguments, bool negated, int line) : JinjaExpression(line)
{
    protected override object? Compute(JinjaScope scope) =>
        JinjaTests.Holds(scope.Run, name, operand.Evaluate(scope), arguments.Evaluate(scope), Line) != negated;
}
