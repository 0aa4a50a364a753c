using System.Globalization;

namespace Pipeline.Reports;

/// <summary>How a document was read and answered; says so in the words that every report uses.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Pages">Pages of the document.</param>
public sealed record ReportRun(string Model, int Pages)
{
    /// <summary>The engine's name; null where none ran.</summary>
    public string? Engine { get; init; }

    /// <summary>Tokens of the document; null where they were never counted.</summary>
    public long? Tokens { get; init; }

    /// <summary>Of these, restored instead of read; null where nothing was read.</summary>
    public long? TokensReused { get; init; }

    /// <summary>Time for reading or restoring.</summary>
    public double? ReadMs { get; init; }

    /// <summary>Time for the answers.</summary>
    public double? AnswerMs { get; init; }

    /// <summary>For <see cref="AnswerReport.Facts"/>.</summary>
    public IReadOnlyList<ReportFact> Facts()
    {
        string pages = Text($"{Pages:N0} {(Pages == 1 ? "page" : "pages")}");
        var facts = new List<ReportFact>
        {
            new("Model", Engine is null ? Model : $"{Model} ({Engine})"),
            new("Document", Tokens is { } tokens ? Text($"{tokens:N0} tokens, {pages}") : pages),
        };
        if (Tokens is { } total && TokensReused is { } reused)
        {
            facts.Add(new("Cache", reused == 0 ? Text($"miss, {total:N0} tokens read")
                : reused < total ? Text($"partial, {reused:N0} tokens restored, {total - reused:N0} read")
                : Text($"hit, {reused:N0} tokens restored")));
        }

        if (ReadMs is { } read)
        {
            facts.Add(new("Read", Text($"{read / 1000:F1} s")));
        }

        if (AnswerMs is { } answer)
        {
            facts.Add(new("Answered", Text($"{answer / 1000:F1} s")));
        }

        return facts;
    }

    /// <summary>For <see cref="ReportAnswer.Notes"/>.</summary>
    /// <param name="noAnswer">The document seems not to answer the question.</param>
    /// <param name="whyNoEvidence">Why there is no evidence; null where there is.</param>
    /// <param name="tokens">Tokens of the answer.</param>
    /// <param name="cut">Whether the token limit ended it.</param>
    public static IReadOnlyList<string> Notes(bool noAnswer, string? whyNoEvidence, long tokens, bool cut)
    {
        var notes = new List<string>();
        if (noAnswer)
        {
            notes.Add("The document seems not to answer this question.");
        }

        if (whyNoEvidence is not null)
        {
            notes.Add(whyNoEvidence);
        }

        notes.Add(Text($"{tokens:N0} {(tokens == 1 ? "token" : "tokens")}{(cut ? ", cut at the token limit" : string.Empty)}"));
        return notes;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
