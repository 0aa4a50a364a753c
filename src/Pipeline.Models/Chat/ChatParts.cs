namespace Pipeline.Models.Chat;

/// <summary>A rendered chat of one question, cut where the document and the question go.</summary>
/// <param name="Head">From the start of the text to the document: special tokens, system text, start of the user's turn.</param>
/// <param name="Tail">From the question to where the answer starts.</param>
/// <param name="TurnEnd">What follows an answer, if the template says.</param>
internal sealed record ChatParts(string Head, string Tail, string? TurnEnd);
