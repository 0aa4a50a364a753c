namespace Pipeline.Inference.Evidence;

/// <summary>What tells that a document does not answer a question.</summary>
public enum NoAnswerSign
{
    /// <summary>The answer says so.</summary>
    Answer,

    /// <summary>The question's attention to the document is weak.</summary>
    Attention,

    /// <summary>Either of the two.</summary>
    Either,

    /// <summary>Both together.</summary>
    Both,
}

/// <summary>Decides whether a document answers a question.</summary>
/// <param name="Sign">What counts.</param>
/// <param name="BelowMass">Attention to the document, 0 to 1, below which it is weak.</param>
public sealed record NoAnswerRule(NoAnswerSign Sign, double BelowMass)
{
    // The words the default model was trained to use, and what other models commonly say.
    private static readonly string[] Phrases =
    [
        "does not say", "doesn't say", "does not mention", "doesn't mention", "not mentioned in", "does not specify", "not specified in", "does not state", "does not provide",
        "not stated in", "does not contain", "no information",
    ];

    /// <summary>Whether the answer itself says that the document does not tell.</summary>
    public static bool SaysSo(string answer) => Phrases.Any(p => answer.Contains(p, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the question counts as not answered.</summary>
    /// <param name="answer">The answer's text.</param>
    /// <param name="mass">Attention to the document's sentences, 0 to 1.</param>
    public bool Applies(string answer, double mass) => Sign switch
    {
        NoAnswerSign.Answer => SaysSo(answer),
        NoAnswerSign.Attention => mass < BelowMass,
        NoAnswerSign.Either => SaysSo(answer) || mass < BelowMass,
        _ => SaysSo(answer) && mass < BelowMass,
    };
}
