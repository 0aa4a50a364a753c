namespace Pipeline.Workflows.Contracts;

/// <param name="Text">What is asked, 1 to 4,000 UTF-16 code units, not blank.</param>
/// <param name="Id">Unique in its list, ignoring case; q1, q2, … where absent.</param>
public sealed record Question(string Text, string? Id = null);

/// <summary>Schema: docs/schemas/question-set.schema.json.</summary>
public sealed record QuestionSet(IReadOnlyList<Question> Questions, string? Name = null, string? Instructions = null);
