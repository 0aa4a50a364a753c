namespace Pipeline.Documents.Parsers.Sheets;

/// <summary>A piece of a number format.</summary>
internal readonly record struct FormatToken(FormatTokenKind Kind, string Text)
{
    public bool IsDate => Kind == FormatTokenKind.Date;

    public bool IsDigit => Kind == FormatTokenKind.Digit;

    public bool IsPercent => Kind == FormatTokenKind.Percent;

    public bool IsLiteral => Kind == FormatTokenKind.Literal;
}

/// <summary>What a piece of a number format stands for.</summary>
internal enum FormatTokenKind
{
    /// <summary>Text shown as it is.</summary>
    Literal,

    /// <summary>A place for digits, a point, a comma or an exponent.</summary>
    Digit,

    /// <summary>The sign of percentages.</summary>
    Percent,

    /// <summary>A part of a date or a time.</summary>
    Date,
}
