using System.Globalization;
using System.Text;

namespace Pipeline.Models.Jinja;

/// <summary>Parses operands: literals, names and brackets, with what follows them (members, slices, calls, filters and tests).</summary>
internal sealed class JinjaOperandParser(JinjaTokens tokens, JinjaExpressionParser expressions)
{
    public JinjaExpression Parse() => ParseUnary(withFilters: true);

    private JinjaExpression ParseUnary(bool withFilters)
    {
        var line = tokens.Line;
        JinjaExpression value;
        if (tokens.TryOperator("-"))
        {
            value = new NegateExpression(tokens.Nested(() => ParseUnary(withFilters: false)), line);
        }
        else if (tokens.TryOperator("+"))
        {
            value = tokens.Nested(() => ParseUnary(withFilters: false));
        }
        else
        {
            value = ParsePrimary();
        }

        value = ParsePostfix(value);
        return withFilters ? ParseFiltersAndTests(value) : value;
    }

    private JinjaExpression ParsePrimary()
    {
        var token = tokens.Next();
        switch (token.Kind)
        {
            case JinjaTokenKind.String:
                var text = new StringBuilder(token.Text);
                while (tokens.Current.Kind == JinjaTokenKind.String)
                {
                    text.Append(tokens.Next().Text); // Neighbouring literals are one.
                }

                return new LiteralExpression(text.ToString(), token.Line);
            case JinjaTokenKind.Integer:
                return long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? new LiteralExpression(number, token.Line)
                    : throw new JinjaException(token.Line, $"{token.Text} is too large");
            case JinjaTokenKind.Float:
                return new LiteralExpression(double.Parse(token.Text, CultureInfo.InvariantCulture), token.Line);
            case JinjaTokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new LiteralExpression(true, token.Line),
                    "false" or "False" => new LiteralExpression(false, token.Line),
                    "none" or "None" => new LiteralExpression(null, token.Line),
                    _ => new NameExpression(token.Text, token.Line),
                };
            case JinjaTokenKind.Operator when token.Text == "(":
                return ParseParentheses(token.Line);
            case JinjaTokenKind.Operator when token.Text == "[":
                return new ListExpression(ParseItems("]", expressions.Parse), token.Line);
            case JinjaTokenKind.Operator when token.Text == "{":
                return new MapExpression(ParseItems("}", ParseEntry), token.Line);
            default:
                throw new JinjaException(token.Line, $"a value is expected where {token} stands");
        }
    }

    private JinjaExpression ParseParentheses(int line)
    {
        if (tokens.TryOperator(")"))
        {
            return new ListExpression([], line);
        }

        var inner = expressions.ParseTuple();
        tokens.Operator(")");
        return inner;
    }

    private List<T> ParseItems<T>(string close, Func<T> parseItem)
    {
        var items = new List<T>();
        while (!tokens.TryOperator(close))
        {
            items.Add(parseItem());
            if (!tokens.TryOperator(",") && !tokens.Current.IsOperator(close))
            {
                throw tokens.Expected($"',' or '{close}'");
            }
        }

        return items;
    }

    private (JinjaExpression Key, JinjaExpression Value) ParseEntry()
    {
        var key = expressions.Parse();
        tokens.Operator(":");
        return (key, expressions.Parse());
    }

    private JinjaExpression ParsePostfix(JinjaExpression value)
    {
        while (true)
        {
            var line = tokens.Line;
            if (tokens.TryOperator("."))
            {
                var isIndex = tokens.Current.Kind == JinjaTokenKind.Integer;
                value = isIndex
                    ? new MemberExpression(value, ParsePrimary(), isAttribute: false, line)
                    : new MemberExpression(value, new LiteralExpression(tokens.Identifier(), line), isAttribute: true, line);
            }
            else if (tokens.TryOperator("["))
            {
                value = ParseSubscript(value, line);
            }
            else if (tokens.Current.IsOperator("("))
            {
                value = new CallExpression(value, ParseArguments(), line);
            }
            else
            {
                return value;
            }
        }
    }

    private JinjaExpression ParseSubscript(JinjaExpression value, int line)
    {
        var start = tokens.Current.IsOperator(":") ? null : expressions.Parse();
        if (tokens.TryOperator("]"))
        {
            return new MemberExpression(value, start!, isAttribute: false, line);
        }

        tokens.Operator(":");
        var stop = tokens.Current.IsOperator(":") || tokens.Current.IsOperator("]") ? null : expressions.Parse();
        var step = tokens.TryOperator(":") && !tokens.Current.IsOperator("]") ? expressions.Parse() : null;
        tokens.Operator("]");
        return new SliceExpression(value, start, stop, step, line);
    }

    private JinjaExpression ParseFiltersAndTests(JinjaExpression value)
    {
        while (true)
        {
            var line = tokens.Line;
            if (tokens.TryOperator("|"))
            {
                var name = tokens.Identifier();
                value = new FilterExpression(value, name, tokens.Current.IsOperator("(") ? ParseArguments() : ArgumentList.Empty, line);
            }
            else if (tokens.TryName("is"))
            {
                var negated = tokens.TryName("not");
                var name = tokens.Identifier();
                value = new TestExpression(value, name, ParseTestArguments(), negated, line);
            }
            else if (tokens.Current.IsOperator("("))
            {
                value = new CallExpression(value, ParseArguments(), line);
            }
            else
            {
                return value;
            }
        }
    }

    // A test takes its arguments in brackets, or one without: "is divisibleby 3".
    private ArgumentList ParseTestArguments()
    {
        if (tokens.Current.IsOperator("("))
        {
            return ParseArguments();
        }

        var starts = tokens.Current.Kind is JinjaTokenKind.String or JinjaTokenKind.Integer or JinjaTokenKind.Float
            || tokens.Current.IsOperator("[") || tokens.Current.IsOperator("{")
            || (tokens.Current.Kind == JinjaTokenKind.Name && tokens.Current.Text is not ("else" or "or" or "and" or "is" or "if" or "not" or "in" or "recursive"));
        return starts ? new ArgumentList([ParsePostfix(ParsePrimary())], []) : ArgumentList.Empty;
    }

    private ArgumentList ParseArguments()
    {
        var positional = new List<JinjaExpression>();
        var named = new List<(string, JinjaExpression)>();
        tokens.Operator("(");
        while (!tokens.TryOperator(")"))
        {
            if (tokens.Current.Kind == JinjaTokenKind.Name && tokens.Peek(1).IsOperator("="))
            {
                var name = tokens.Identifier();
                tokens.Operator("=");
                named.Add((name, expressions.Parse()));
            }
            else
            {
                positional.Add(expressions.Parse());
            }

            if (!tokens.TryOperator(",") && !tokens.Current.IsOperator(")"))
            {
                throw tokens.Expected("',' or ')'");
            }
        }

        return new ArgumentList(positional, named);
    }
}
