namespace Pipeline.Models.Jinja;

/// <summary>Bounds on what a template may use: it comes with a model folder, from anybody.</summary>
internal static class JinjaLimits
{
    /// <summary>UTF-16 units of a template's source. The longest known chat templates have some 30,000.</summary>
    public const int SourceLength = 1 << 20;

    /// <summary>Expressions and statements evaluated while rendering, and characters and items made, at 32 a step.</summary>
    public const int Steps = 1_000_000;

    /// <summary>UTF-16 units of the output and of every string on the way; items of every list.</summary>
    public const int Length = 1 << 20;

    /// <summary>Brackets, blocks and lists within each other.</summary>
    public const int Depth = 100;

    /// <summary>Evaluations within each other: blocks, expressions and macro calls.</summary>
    public const int EvaluationDepth = 400;
}
