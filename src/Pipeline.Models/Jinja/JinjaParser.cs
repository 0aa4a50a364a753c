namespace Pipeline.Models.Jinja;

/// <summary>Parses a template into statements.</summary>
internal sealed class JinjaParser
{
    private readonly JinjaTokens tokens;
    private readonly JinjaExpressionParser expressions;

    private JinjaParser(JinjaTokens tokens)
    {
        this.tokens = tokens;
        expressions = new JinjaExpressionParser(tokens);
    }

    public static JinjaStatement Parse(string template)
    {
        var parser = new JinjaParser(new JinjaTokens(JinjaLexer.Tokenize(template)));
        var body = parser.ParseBody();
        return parser.tokens.Current.Kind == JinjaTokenKind.End
            ? body
            : throw new JinjaException(parser.tokens.Line, $"'{parser.tokens.Peek(1).Text}' ends nothing that was begun");
    }

    /// <summary>Statements up to one of the given closing names (left unread), or to the end.</summary>
    private BlockStatement ParseBody(params string[] closing)
    {
        var line = tokens.Line;
        var statements = new List<JinjaStatement>();
        while (tokens.Current.Kind != JinjaTokenKind.End)
        {
            if (tokens.Current.Kind == JinjaTokenKind.StatementStart && (closing.Contains(tokens.Peek(1).Text) || IsCloser(tokens.Peek(1).Text)))
            {
                break;
            }

            statements.Add(tokens.Nested(ParseStatement));
        }

        return new BlockStatement(statements, line);
    }

    private static bool IsCloser(string name) => name is "else" or "elif" || name.StartsWith("end", StringComparison.Ordinal);

    private JinjaStatement ParseStatement()
    {
        var token = tokens.Next();
        if (token.Kind == JinjaTokenKind.Text)
        {
            return new TextStatement(token.Text, token.Line);
        }

        if (token.Kind == JinjaTokenKind.OutputStart)
        {
            var value = expressions.ParseTuple();
            tokens.Kind(JinjaTokenKind.OutputEnd, "'}}'");
            return new OutputStatement(value, token.Line);
        }

        var name = tokens.Identifier();
        return name switch
        {
            "if" => ParseIf(token.Line),
            "for" => ParseFor(token.Line),
            "set" => ParseSet(token.Line),
            "macro" => ParseMacro(token.Line),
            "with" => ParseWith(token.Line),
            "generation" => ParseGeneration(),
            "break" => EndOf(new FlowStatement(JinjaFlow.Break, token.Line)),
            "continue" => EndOf(new FlowStatement(JinjaFlow.Continue, token.Line)),
            _ => throw new JinjaException(token.Line, $"the statement '{name}' is not known"),
        };
    }

    private T EndOf<T>(T statement)
    {
        tokens.Kind(JinjaTokenKind.StatementEnd, "'%}'");
        return statement;
    }

    private void Close(string name, int openLine)
    {
        if (tokens.Current.Kind != JinjaTokenKind.StatementStart || !tokens.Peek(1).IsName(name))
        {
            throw new JinjaException(openLine, $"what begins here needs a '{name}', but {(tokens.Current.Kind == JinjaTokenKind.End ? tokens.Current : tokens.Peek(1))} follows in line {tokens.Line}");
        }

        tokens.Next();
        tokens.Next();
        EndOf(name);
    }

    private IfStatement ParseIf(int line)
    {
        var branches = new List<(JinjaExpression, JinjaStatement)>();
        JinjaStatement? otherwise = null;
        do
        {
            var condition = EndOf(expressions.ParseTuple());
            branches.Add((condition, ParseBody("elif", "else", "endif")));
        }
        while (TryOpen("elif"));
        if (TryOpen("else"))
        {
            tokens.Kind(JinjaTokenKind.StatementEnd, "'%}'");
            otherwise = ParseBody("endif");
        }

        Close("endif", line);
        return new IfStatement(branches, otherwise, line);
    }

    private bool TryOpen(string name)
    {
        if (tokens.Current.Kind != JinjaTokenKind.StatementStart || !tokens.Peek(1).IsName(name))
        {
            return false;
        }

        tokens.Next();
        tokens.Next();
        return true;
    }

    private ForStatement ParseFor(int line)
    {
        var names = ParseNames();
        tokens.Name("in");
        var items = expressions.ParseOr();
        var condition = tokens.TryName("if") ? expressions.Parse() : null;
        if (tokens.Current.IsName("recursive"))
        {
            throw new JinjaException(line, "'recursive' loops are not known");
        }

        var body = EndOf(0) == 0 ? ParseBody("else", "endfor") : null!;
        JinjaStatement? otherwise = null;
        if (TryOpen("else"))
        {
            tokens.Kind(JinjaTokenKind.StatementEnd, "'%}'");
            otherwise = ParseBody("endfor");
        }

        Close("endfor", line);
        return new ForStatement(names, items, condition, body, otherwise, line);
    }

    private List<string> ParseNames()
    {
        var bracket = tokens.TryOperator("(");
        var names = new List<string> { tokens.Identifier() };
        while (tokens.TryOperator(","))
        {
            names.Add(tokens.Identifier());
        }

        if (bracket)
        {
            tokens.Operator(")");
        }

        return names;
    }

    private JinjaStatement ParseSet(int line)
    {
        var names = ParseNames();
        var attribute = names.Count == 1 && tokens.TryOperator(".") ? tokens.Identifier() : null;
        if (tokens.TryOperator("="))
        {
            return EndOf(new SetStatement(names, attribute, expressions.ParseTuple(), line));
        }

        if (names.Count > 1 || attribute is not null)
        {
            throw tokens.Expected("'='");
        }

        tokens.Kind(JinjaTokenKind.StatementEnd, "'=' or '%}'");
        var body = ParseBody("endset");
        Close("endset", line);
        return new SetBlockStatement(names[0], body, line);
    }

    private MacroStatement ParseMacro(int line)
    {
        var name = tokens.Identifier();
        var parameters = new List<(string, JinjaExpression?)>();
        tokens.Operator("(");
        while (!tokens.TryOperator(")"))
        {
            var parameter = tokens.Identifier();
            parameters.Add((parameter, tokens.TryOperator("=") ? expressions.Parse() : null));
            if (!tokens.TryOperator(",") && !tokens.Current.IsOperator(")"))
            {
                throw tokens.Expected("',' or ')'");
            }
        }

        tokens.Kind(JinjaTokenKind.StatementEnd, "'%}'");
        var body = ParseBody("endmacro");
        Close("endmacro", line);
        return new MacroStatement(name, parameters, body, line);
    }

    private WithStatement ParseWith(int line)
    {
        var values = new List<(string, JinjaExpression)>();
        while (tokens.Current.Kind != JinjaTokenKind.StatementEnd)
        {
            var name = tokens.Identifier();
            tokens.Operator("=");
            values.Add((name, expressions.Parse()));
            if (!tokens.TryOperator(",") && tokens.Current.Kind != JinjaTokenKind.StatementEnd)
            {
                throw tokens.Expected("',' or '%}'");
            }
        }

        tokens.Next();
        var body = ParseBody("endwith");
        Close("endwith", line);
        return new WithStatement(values, body, line);
    }

    // Marks the assistant's text for training; here it changes nothing.
    private BlockStatement ParseGeneration()
    {
        var line = tokens.Line;
        tokens.Kind(JinjaTokenKind.StatementEnd, "'%}'");
        var body = ParseBody("endgeneration");
        Close("endgeneration", line);
        return body;
    }
}
