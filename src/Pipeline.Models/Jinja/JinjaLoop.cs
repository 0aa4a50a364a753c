namespace Pipeline.Models.Jinja;

/// <summary><c>for a in items if condition</c> … <c>else</c> … <c>endfor</c>.</summary>
internal sealed class ForStatement(IReadOnlyList<string> names, JinjaExpression items, JinjaExpression? condition, JinjaStatement body, JinjaStatement? otherwise, int line)
    : JinjaStatement(line)
{
    public override JinjaFlow Execute(JinjaScope scope, JinjaOutput output)
    {
        var list = JinjaValue.Items(items.Evaluate(scope), Line);
        scope.Run.Length(list.Count, Line);
        if (condition is not null)
        {
            list = list.FindAll(item => JinjaValue.IsTrue(condition.Evaluate(Inner(scope, item))));
        }

        for (var i = 0; i < list.Count; i++)
        {
            var inner = Inner(scope, list[i]);
            inner.Set("loop", Loop(list, i));
            if (body.Execute(inner, output) == JinjaFlow.Break)
            {
                break;
            }
        }

        return list.Count == 0 && otherwise is not null ? otherwise.Execute(new JinjaScope(scope.Run, scope), output) : JinjaFlow.Next;
    }

    private JinjaScope Inner(JinjaScope scope, object? item)
    {
        var inner = new JinjaScope(scope.Run, scope);
        scope.Run.Charge(1, Line);
        JinjaScope.Assign(inner, names, item, Line);
        return inner;
    }

    private static JinjaMap Loop(List<object?> list, int index) => new()
    {
        ["index"] = index + 1L,
        ["index0"] = (long)index,
        ["revindex"] = (long)list.Count - index,
        ["revindex0"] = list.Count - index - 1L,
        ["first"] = index == 0,
        ["last"] = index == list.Count - 1,
        ["length"] = (long)list.Count,
        ["previtem"] = index > 0 ? list[index - 1] : new JinjaUndefined("loop.previtem"),
        ["nextitem"] = index + 1 < list.Count ? list[index + 1] : new JinjaUndefined("loop.nextitem"),
        ["cycle"] = (JinjaFunction)((_, arguments, line) => arguments.Positional.Count > 0
            ? arguments.Positional[index % arguments.Positional.Count]
            : throw new JinjaException(line, "'loop.cycle' needs values")),
    };
}

/// <summary><c>macro name(a, b=1)</c> … <c>endmacro</c>: a function that gives the text in between.</summary>
internal sealed class MacroStatement(string name, IReadOnlyList<(string Name, JinjaExpression? Default)> parameters, JinjaStatement body, int line) : JinjaStatement(line)
{
    public override JinjaFlow Execute(JinjaScope scope, JinjaOutput output)
    {
        scope.Set(name, (JinjaFunction)((run, arguments, callLine) => Call(scope.Root, run, arguments, callLine)));
        return JinjaFlow.Next;
    }

    private string Call(JinjaScope root, JinjaRun run, JinjaArguments arguments, int callLine)
    {
        if (arguments.Positional.Count > parameters.Count || arguments.Named.Keys.Any(key => parameters.All(parameter => parameter.Name != key)))
        {
            throw new JinjaException(callLine, $"the macro '{name}' does not take these arguments");
        }

        var inner = new JinjaScope(run, root);
        for (var i = 0; i < parameters.Count; i++)
        {
            var (parameter, whenAbsent) = parameters[i];
            inner.Set(parameter, i < arguments.Positional.Count ? arguments.Positional[i]
                : arguments.Named.TryGetValue(parameter, out var named) ? named
                : whenAbsent is null ? new JinjaUndefined(parameter) : whenAbsent.Evaluate(inner));
        }

        var text = new JinjaOutput(run);
        body.Execute(inner, text);
        return text.ToString();
    }
}
