using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Intake;

/// <summary>What a list of questions must fulfil, wherever it comes from.</summary>
public static class QuestionRules
{
    public const int MaxQuestions = 100;
    public const int MaxTextLength = 4000;
    public const int MaxSetBytes = 256 * 1024;
    private const int MaxNameLength = 64;

    /// <summary>Names of questions, sets and models: they become parts of blob and folder names.</summary>
    public static bool IsName(string text)
        => text is { Length: > 0 and <= MaxNameLength } && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>Gives missing ids (q1, q2, …) and trims the texts.</summary>
    /// <exception cref="PermanentProblemException">The list breaks a rule; the problem's errors name every finding.</exception>
    public static IReadOnlyList<Question> Complete(IReadOnlyList<Question> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        if (questions.Count is 0 or > MaxQuestions)
        {
            throw new PermanentProblemException(ProblemTypes.InvalidQuestions, $"There are {questions.Count:N0} questions; 1 to {MaxQuestions} are allowed.");
        }

        var errors = new List<string>();
        var ids = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var texts = new Dictionary<string, int>(StringComparer.Ordinal);
        var complete = new List<Question>(questions.Count);
        for (var i = 0; i < questions.Count; i++)
        {
            var number = i + 1;
            var id = questions[i].Id ?? $"q{number}";
            var text = IsWellFormed(questions[i].Text) ? questions[i].Text.Trim() : "";
            if (!IsName(id)) errors.Add($"Question {number}: an id has letters, digits and . _ - only, at most {MaxNameLength} characters, and begins with a letter or digit.");
            else if (!ids.TryAdd(id, number)) errors.Add($"Question {number}: the id '{id}' is that of question {ids[id]}.");
            if (text.Length == 0) errors.Add($"Question {number}: the text is empty or no valid Unicode.");
            else if (text.Length > MaxTextLength) errors.Add($"Question {number}: the text has {text.Length:N0} characters; {MaxTextLength:N0} are allowed.");
            else if (!texts.TryAdd(text, number)) errors.Add($"Question {number}: the text is that of question {texts[text]}.");
            complete.Add(new Question(text, id));
        }

        if (errors.Count > 0) throw new PermanentProblemException(ProblemTypes.InvalidQuestions, string.Join(" ", errors.Take(3)), errors);
        return complete;
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return false;
        }

        return true;
    }
}
