using System.Runtime.InteropServices;

namespace Pipeline.Models.Jinja;

internal enum JinjaTokenKind
{
    Text,
    OutputStart,
    OutputEnd,
    StatementStart,
    StatementEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, int Line)
{
    public bool IsName(string name) => Kind == JinjaTokenKind.Name && Text == name;

    public bool IsOperator(string text) => Kind == JinjaTokenKind.Operator && Text == text;

    public override string ToString() => Kind switch
    {
        JinjaTokenKind.End => "the end of the template",
        JinjaTokenKind.String => $"the string '{Text}'",
        JinjaTokenKind.Text => "text",
        JinjaTokenKind.OutputEnd => "'}}'",
        JinjaTokenKind.StatementEnd => "'%}'",
        _ => $"'{Text}'",
    };
}
