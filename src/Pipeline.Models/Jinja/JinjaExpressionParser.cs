using System.Globalization;
using System.Text;

namespace Pipeline.Models.Jinja;

/// <summary>Parses expressions, with Jinja's precedence: if-else, or, and, not, comparisons, + -, ~, * / // %, **, unary minus, filters and tests.</summary>
internal sealed class JinjaExpressionParser(JinjaTokens tokens)
{
    private static readonly string[] Comparisons = ["==", "!=", "<=", ">=", "<", ">"];

    public JinjaExpression Parse() => tokens.Nested(ParseConditional);

    /// <summary>An expression, or several with commas, which are a list.</summary>
    public JinjaExpression ParseTuple()
    {
        var line = tokens.Line;
        var first = Parse();
        if (!tokens.Current.IsOperator(","))
        {
            return first;
        }

        var items = new List<JinjaExpression> { first };
        while (tokens.TryOperator(",") && tokens.Current.Kind is not (JinjaTokenKind.StatementEnd or JinjaTokenKind.OutputEnd) && !tokens.Current.IsOperator(")"))
        {
            items.Add(Parse());
        }

        return new ListExpression(items, line);
    }

    public ArgumentList ParseArguments()
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
                named.Add((name, Parse()));
            }
            else
            {
                positional.Add(Parse());
            }

            if (!tokens.TryOperator(",") && !tokens.Current.IsOperator(")"))
            {
                throw tokens.Expected("',' or ')'");
            }
        }

        return new ArgumentList(positional, named);
    }

    private JinjaExpression ParseConditional()
    {
        var value = ParseOr();
        while (tokens.Current.IsName("if"))
        {
            var line = tokens.Next().Line;
            var condition = ParseOr();
            value = new ConditionalExpression(condition, value, tokens.TryName("else") ? Parse() : null, line);
        }

        return value;
    }

    /// <summary>An expression without <c>if</c>, which after <c>for … in</c> belongs to the loop.</summary>
    public JinjaExpression ParseOr()
    {
        var left = ParseAnd();
        while (tokens.Current.IsName("or"))
        {
            left = new LogicExpression(isAnd: false, left, line: tokens.Next().Line, right: ParseAnd());
        }

        return left;
    }

    private JinjaExpression ParseAnd()
    {
        var left = ParseNot();
        while (tokens.Current.IsName("and"))
        {
            left = new LogicExpression(isAnd: true, left, line: tokens.Next().Line, right: ParseNot());
        }

        return left;
    }

    private JinjaExpression ParseNot()
    {
        var line = tokens.Line;
        return tokens.TryName("not") ? new NotExpression(tokens.Nested(ParseNot), line) : ParseComparison();
    }

    private JinjaExpression ParseComparison()
    {
        var first = ParseSum();
        var rest = new List<(string, JinjaExpression)>();
        var line = tokens.Line;
        while (true)
        {
            var text = tokens.Current.Text;
            if (tokens.Current.Kind == JinjaTokenKind.Operator && Comparisons.Contains(text))
            {
                tokens.Next();
                rest.Add((text, ParseSum()));
            }
            else if (tokens.TryName("in"))
            {
                rest.Add(("in", ParseSum()));
            }
            else if (tokens.Current.IsName("not") && tokens.Peek(1).IsName("in"))
            {
                tokens.Next();
                tokens.Next();
                rest.Add(("not in", ParseSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new CompareExpression(first, rest, line);
            }
        }
    }

    private JinjaExpression ParseSum() => ParseBinary(["+", "-"], ParseConcatenation);

    private JinjaExpression ParseConcatenation() => ParseBinary(["~"], ParseProduct);

    private JinjaExpression ParseProduct() => ParseBinary(["*", "/", "//", "%"], ParsePower);

    private JinjaExpression ParsePower() => ParseBinary(["**"], () => ParseUnary(withFilters: true));

    private JinjaExpression ParseBinary(string[] operators, Func<JinjaExpression> parseOperand)
    {
        var left = parseOperand();
        while (tokens.Current.Kind == JinjaTokenKind.Operator && operators.Contains(tokens.Current.Text))
        {
            var name = tokens.Next();
            left = new ArithmeticExpression(name.Text, left, parseOperand(), name.Line);
        }

        return left;
    }

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
                return new ListExpression(ParseItems("]", Parse), token.Line);
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

        var inner = ParseTuple();
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
        var key = Parse();
        tokens.Operator(":");
        return (key, Parse());
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
        var start = tokens.Current.IsOperator(":") ? null : Parse();
        if (tokens.TryOperator("]"))
        {
            return new MemberExpression(value, start!, isAttribute: false, line);
        }

        tokens.Operator(":");
        var stop = tokens.Current.IsOperator(":") || tokens.Current.IsOperator("]") ? null : Parse();
        var step = tokens.TryOperator(":") && !tokens.Current.IsOperator("]") ? Parse() : null;
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
}
