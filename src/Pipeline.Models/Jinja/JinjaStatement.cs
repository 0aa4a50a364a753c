using System.Text;

namespace Pipeline.Models.Jinja;

/// <summary>What goes on after a statement.</summary>
internal enum JinjaFlow
{
    Next,
    Break,
    Continue,
}

/// <summary>The rendered text, bounded.</summary>
internal sealed class JinjaOutput(JinjaRun run)
{
    private readonly StringBuilder text = new();

    public void Append(string piece, int line)
    {
        run.Length((long)text.Length + piece.Length, line);
        text.Append(piece);
    }

    public override string ToString() => text.ToString();
}

/// <summary>A part of a template that writes text or changes names.</summary>
internal abstract class JinjaStatement(int line)
{
    public int Line { get; } = line;

    public abstract JinjaFlow Execute(JinjaScope scope, JinjaOutput output);
}

internal sealed class TextStatement(string text, int line) : JinjaStatement(line)
{
    public override JinjaFlow Execute(JinjaScope scope, JinjaOutput output)
    {
        output.Append(text, Line);
        return JinjaFlow.Next;
    }
}

internal sealed class OutputStatement(JinjaExpression value, int line) : JinjaStatement(line)
{
    public override JinjaFlow Execute(JinjaScope scope, JinjaOutput output)
    {
        output.Append(JinjaValue.ToText(scope.Run, value.Evaluate(scope)), Line);
        return JinjaFlow.Next;
    }
}

internal sealed class FlowStatement(JinjaFlow flow, int line) : JinjaStatement(line)
{
    public override JinjaFlow Execute(JinjaScope scope, JinjaOutput output) => flow;
}

internal sealed class BlockStatement(IReadOnlyList<JinjaStatement> statements, int line) : JinjaStatement(line)
{
    public override JinjaFlow Execute(JinjaScope scope, JinjaOutput output)
    {
        scope.Run.Enter(Line);
        var flow = JinjaFlow.Next;
        for (var i = 0; i < statements.Count && flow == JinjaFlow.Next; i++)
        {
            scope.Run.Charge(1, statements[i].Line);
            flow = statements[i].Execute(scope, output);
        }

        scope.Run.Leave();
        return flow;
    }
}

internal sealed class IfStatement(IReadOnlyList<(JinjaExpression Condition, JinjaStatement Body)> branches, JinjaStatement? otherwise, int line) : JinjaStatement(line)
{
    public override JinjaFlow Execute(JinjaScope scope, JinjaOutput output)
    {
        foreach (var (condition, body) in branches)
        {
            if (JinjaValue.IsTrue(condition.Evaluate(scope)))
            {
                return body.Execute(scope, output);
            }
        }

        return otherwise?.Execute(scope, output) ?? JinjaFlow.Next;
    }
}

/// <summary><c>set a = …</c>, <c>set a, b = …</c> and <c>set space.a = …</c>.</summary>
internal sealed class SetStatement(IReadOnlyList<string> names, string? attribute, JinjaExpression value, int line) : JinjaStatement(line)
{
    public override JinjaFlow Execute(JinjaScope scope, JinjaOutput output)
    {
        var result = value.Evaluate(scope);
        if (attribute is not null)
        {
            var space = scope.Get(names[0]) as JinjaNamespace
                ?? throw new JinjaException(Line, $"'{names[0]}' is no namespace, so '{attribute}' of it can't be set");
            space.Values[attribute] = result;
        }
        else
        {
            JinjaScope.Assign(scope, names, result, Line);
        }

        return JinjaFlow.Next;
    }
}

/// <summary><c>set a</c> … <c>endset</c>: the text in between.</summary>
internal sealed class SetBlockStatement(string name, JinjaStatement body, int line) : JinjaStatement(line)
{
    public override JinjaFlow Execute(JinjaScope scope, JinjaOutput output)
    {
        var inner = new JinjaOutput(scope.Run);
        body.Execute(new JinjaScope(scope.Run, scope), inner);
        scope.Set(name, inner.ToString());
        return JinjaFlow.Next;
    }
}

/// <summary><c>with a = …</c> … <c>endwith</c>.</summary>
internal sealed class WithStatement(IReadOnlyList<(string Name, JinjaExpression Value)> values, JinjaStatement body, int line) : JinjaStatement(line)
{
    public override JinjaFlow Execute(JinjaScope scope, JinjaOutput output)
    {
        var inner = new JinjaScope(scope.Run, scope);
        foreach (var (name, value) in values)
        {
            inner.Set(name, value.Evaluate(scope));
        }

        return body.Execute(inner, output);
    }
}
