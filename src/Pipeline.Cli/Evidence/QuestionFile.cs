using System.Text.Json;

namespace Pipeline.Cli.Evidence;

/// <summary>A document with questions whose answers and evidence are known.</summary>
/// <param name="File">File name, beside the question file.</param>
/// <param name="Questions">The questions.</param>
/// <param name="Language">Language tag, or null.</param>
/// <param name="Split"><c>choose</c> for choosing settings, <c>test</c> for reporting, or null.</param>
internal sealed record KnownDocument(string File, IReadOnlyList<KnownQuestion> Questions, string? Language = null, string? Split = null);

/// <param name="Question">The question.</param>
/// <param name="Answers">Texts, one of which a right answer holds.</param>
/// <param name="Evidence">A passage of the document that answers it, white space apart.</param>
/// <param name="Unanswerable">The document does not answer it.</param>
internal sealed record KnownQuestion(string Question, IReadOnlyList<string>? Answers = null, string? Evidence = null, bool Unanswerable = false);

/// <summary>Files of documents with known questions: a JSON array of <see cref="KnownDocument"/>.</summary>
internal static class QuestionFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>The documents of a file that have one of the splits and the language; paths are made absolute.</summary>
    /// <exception cref="CommandFailure">The file cannot be read, is not of that form, or has no such document.</exception>
    internal static IReadOnlyList<KnownDocument> Read(string path, string? split, string? language)
    {
        KnownDocument[] documents;
        try
        {
            documents = JsonSerializer.Deserialize<KnownDocument[]>(File.ReadAllBytes(path), Options) ?? [];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"{path} cannot be used: {e.Message.TrimEnd('.')}. Expected: [{{\"file\":\"a.pdf\",\"questions\":[{{\"question\":\"…\",\"answers\":[\"…\"],\"evidence\":\"…\"}}]}}].");
        }

        foreach (KnownDocument document in documents)
        {
            if (string.IsNullOrEmpty(document.File) || document.Questions is null || document.Questions.Any(q => string.IsNullOrWhiteSpace(q?.Question)))
            {
                throw new CommandFailure($"{path}: every document needs a file and questions with a text.");
            }
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        KnownDocument[] chosen =
        [
            .. documents
                .Where(d => (split is null || d.Split == split) && (language is null || d.Language is null || d.Language == language))
                .Select(d => d with { File = Path.Combine(folder, d.File) }),
        ];
        return chosen.Length > 0 ? chosen : throw new CommandFailure($"{path} has no document with split {split ?? "(any)"} and language {language ?? "(any)"}.");
    }
}
