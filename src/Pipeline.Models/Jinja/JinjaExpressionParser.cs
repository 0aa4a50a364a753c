namespace Pipeline.Models.Jinja;

/// <summary>Parses expressions, with Jinja's precedence: if-else, or, and, not, comparisons, + -, ~, * / // %, **, and then operands.</summary>
internal sealed class JinjaExpressionParser
{
    private static readonly string[] Comparisons = ["==", "!=", "<=", ">=", "<", ">"];

    private readonly JinjaTokens tokens;
    private readonly JinjaOperandParser operands;

    public JinjaExpressionParser(JinjaTokens tokens)
    {
        this.tokens = tokens;
        operands = new JinjaOperandParser(tokens, this);
    }

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

    private JinjaExpression ParsePower() => ParseBinary(["**"], operands.Parse);

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
}
