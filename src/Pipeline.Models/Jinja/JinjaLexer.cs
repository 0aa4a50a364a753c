using System.Text.RegularExpressions;

namespace Pipeline.Models.Jinja;

/// <summary>
/// Cuts a template into text and tags, with the white-space rules that chat templates are rendered under (trim_blocks and lstrip_blocks on):
/// the newline after a statement or comment goes, and so do blanks before one at the start of a line; a minus strips all white space on its side.
/// </summary>
internal sealed partial class JinjaLexer
{
    private readonly string source;
    private readonly List<JinjaToken> tokens = [];
    private int at;
    private int line = 1;
    private bool atLineStart = true;

    private JinjaLexer(string source) => this.source = source;

    public static List<JinjaToken> Tokenize(string template)
    {
        if (template.Length > JinjaLimits.SourceLength)
        {
            throw new JinjaException(1, $"the template has {template.Length} characters; at most {JinjaLimits.SourceLength} are read");
        }

        var text = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new JinjaLexer(text.EndsWith('\n') ? text[..^1] : text);
        lexer.Run();
        return lexer.tokens;
    }

    private void Run()
    {
        while (at < source.Length)
        {
            var tag = NextTag();
            AddText(source[at..tag], tag < source.Length ? source.AsSpan(tag) : default);
            at = tag;
            if (at < source.Length)
            {
                ReadTag();
            }
        }

        tokens.Add(new JinjaToken(JinjaTokenKind.End, "", line));
    }

    private int NextTag()
    {
        for (var i = source.IndexOf('{', at); i >= 0; i = source.IndexOf('{', i + 1))
        {
            if (i + 1 < source.Length && source[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return source.Length;
    }

    private void AddText(string text, ReadOnlySpan<char> tag)
    {
        var kept = text;
        var sign = tag.Length > 2 ? tag[2] : ' ';
        if (sign == '-')
        {
            kept = kept.TrimEnd();
        }
        else if (tag.Length > 1 && tag[1] != '{' && sign != '+')
        {
            var lineStart = kept.LastIndexOf('\n') + 1;
            if ((lineStart > 0 || atLineStart) && string.IsNullOrWhiteSpace(kept[lineStart..]))
            {
                kept = kept[..lineStart];
            }
        }

        if (kept.Length > 0)
        {
            tokens.Add(new JinjaToken(JinjaTokenKind.Text, kept, line));
        }

        line += text.Count('\n');
    }

    private void ReadTag()
    {
        var kind = source[at + 1];
        var startLine = line;
        if (kind == '#')
        {
            var end = source.IndexOf("#}", at + 2, StringComparison.Ordinal);
            if (end < 0)
            {
                throw new JinjaException(line, "a comment '{#' does not end");
            }

            line += source.AsSpan(at, end - at).Count('\n');
            EndTag(end, source[end - 1] is var sign and ('-' or '+') && end > at + 2 ? sign : ' ', trims: true);
            return;
        }

        var raw = RawBlock().Match(source, at);
        if (kind == '%' && raw.Success)
        {
            ReadRaw(raw);
            return;
        }

        tokens.Add(new JinjaToken(kind == '{' ? JinjaTokenKind.OutputStart : JinjaTokenKind.StatementStart, "", line));
        at += source.Length > at + 2 && source[at + 2] is '-' or '+' ? 3 : 2;
        var close = kind == '{' ? "}}" : "%}";
        var depth = 0;
        while (true)
        {
            SkipBlanks();
            if (at >= source.Length)
            {
                throw new JinjaException(startLine, $"the tag that starts here does not end with '{close}'");
            }

            var signed = source[at] is '-' or '+' && source.AsSpan(at + 1).StartsWith(close, StringComparison.Ordinal);
            if (depth == 0 && (signed || source.AsSpan(at).StartsWith(close, StringComparison.Ordinal)))
            {
                tokens.Add(new JinjaToken(kind == '{' ? JinjaTokenKind.OutputEnd : JinjaTokenKind.StatementEnd, "", line));
                EndTag(signed ? at + 1 : at, signed ? source[at] : ' ', trims: kind == '%');
                return;
            }

            ReadToken(ref depth);
        }
    }

    private void EndTag(int close, char sign, bool trims)
    {
        at = close + 2;
        var end = at;
        if (sign == '-')
        {
            SkipBlanks();
        }
        else if (trims && sign == ' ' && at < source.Length && source[at] == '\n')
        {
            at++;
            line++;
        }

        atLineStart = at > end && source[at - 1] == '\n';
    }

    private void ReadRaw(Match raw)
    {
        var text = raw.Groups["text"].Value;
        text = raw.Groups["first"].Value == "-" ? text.TrimStart() : text;
        text = raw.Groups["last"].Value == "-" ? text.TrimEnd() : text;
        tokens.Add(new JinjaToken(JinjaTokenKind.Text, text, line));
        line += raw.ValueSpan.Count('\n');
        EndTag(raw.Index + raw.Length - 2, raw.Groups["end"].Value is [var sign] ? sign : ' ', trims: true);
    }

    private void SkipBlanks()
    {
        while (at < source.Length && char.IsWhiteSpace(source[at]))
        {
            line += source[at++] == '\n' ? 1 : 0;
        }
    }

    private void ReadToken(ref int depth)
    {
        var match = TokenPattern().Match(source, at);
        if (!match.Success)
        {
            throw new JinjaException(line, $"'{source[at]}' is not understood");
        }

        var text = match.Value;
        var kind = match.Groups["name"].Success ? JinjaTokenKind.Name
            : match.Groups["float"].Success ? JinjaTokenKind.Float
            : match.Groups["int"].Success ? JinjaTokenKind.Integer
            : match.Groups["string"].Success ? JinjaTokenKind.String
            : JinjaTokenKind.Operator;
        depth += text is "(" or "[" or "{" ? 1 : text is ")" or "]" or "}" ? -1 : 0;
        if (depth > JinjaLimits.Depth)
        {
            throw new JinjaException(line, $"more than {JinjaLimits.Depth} brackets within each other");
        }

        tokens.Add(new JinjaToken(kind, kind == JinjaTokenKind.String ? JinjaStringLiteral.Unescape(text, line) : text, line));
        line += text.Count('\n');
        at += text.Length;
    }

    [GeneratedRegex(@"\G\{%[-+]?\s*raw\s*(?<first>[-+]?)%\}(?<text>.*?)\{%(?<last>[-+]?)\s*endraw\s*(?<end>[-+]?)%\}", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 2000)]
    private static partial Regex RawBlock();

    [GeneratedRegex(
        """\G((?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<float>[0-9]+(\.[0-9]+([eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+))|(?<int>[0-9]+)|(?<string>'([^'\\]|\\.)*'|"([^"\\]|\\.)*")|//|\*\*|==|!=|<=|>=|[-+*/%~=<>()\[\]{},:.|])""",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 2000)]
    private static partial Regex TokenPattern();
}
