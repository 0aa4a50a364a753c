using System.Text.Json;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Workflows.Intake;

/// <summary>
/// Where a document's questions come from, in this order: the message; the blob's metadata (<c>question-set</c>, a name, or
/// <c>questions</c>, percent-encoded JSON); the set named by the first folder; <c>default</c>.
/// </summary>
internal sealed class QuestionSource(PipelineStorage storage)
{
    // Metadata names are C# identifiers on the wire, so a hyphen is refused by the service; both spellings are taken.
    private static readonly string[] SetNames = ["question-set", "question_set", "questionset"];

    public async Task<QuestionSet> FindAsync(IntakeMessage message, BlobReference blob, IDictionary<string, string> metadata, CancellationToken cancellation)
    {
        if (message.Questions is { } own) return Completed(new QuestionSet(own, Instructions: message.Instructions));
        var set = await FindSetAsync(message, blob, metadata, cancellation);
        return Completed(message.Instructions is null ? set : set with { Instructions = message.Instructions });
    }

    private async Task<QuestionSet> FindSetAsync(IntakeMessage message, BlobReference blob, IDictionary<string, string> metadata, CancellationToken cancellation)
    {
        if (message.QuestionSet is { } named) return await RequireAsync(named, "the message", cancellation);
        foreach (var key in SetNames)
        {
            if (Value(metadata, key) is { } name) return await RequireAsync(name, "the blob's metadata", cancellation);
        }

        if (Value(metadata, "questions") is { } encoded) return FromMetadata(encoded);
        var slash = blob.Path.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && QuestionRules.IsName(blob.Path[..slash]) && await ReadAsync(blob.Path[..slash], cancellation) is { } ofFolder) return ofFolder;
        return await RequireAsync("default", "no other source of questions", cancellation);
    }

    private async Task<QuestionSet> RequireAsync(string name, string source, CancellationToken cancellation)
        => (QuestionRules.IsName(name) ? await ReadAsync(name, cancellation) : null)
            ?? throw new PermanentProblemException(
                ProblemTypes.UnknownQuestionSet,
                $"There is no question set '{(name.Length <= 100 ? name : name[..100])}' (named by {source}). Upload it as {StorageNames.QuestionSetsContainer}/{{name}}.json.");

    private async Task<QuestionSet?> ReadAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var content = await BlobJson.ReadBytesAsync(storage.QuestionSets, name + ".json", QuestionRules.MaxSetBytes, cancellation);
            return content is null ? null : Read(content.Value.Content.Span, $"The question set '{name}'");
        }
        catch (InvalidDataException e)
        {
            throw new PermanentProblemException(ProblemTypes.InvalidQuestions, e.Message);
        }
    }

    private static QuestionSet FromMetadata(string encoded)
    {
        var json = Uri.UnescapeDataString(encoded);
        return Read(System.Text.Encoding.UTF8.GetBytes(json.TrimStart().StartsWith('[') ? $$"""{"questions":{{json}}}""" : json), "The blob's metadata 'questions'");
    }

    /// <summary>Reads a set; a byte-order mark is allowed, since people write these files.</summary>
    public static QuestionSet Read(ReadOnlySpan<byte> json, string source)
    {
        if (json.StartsWith("\uFEFF"u8)) json = json[3..];
        try
        {
            return JsonSerializer.Deserialize<QuestionSet>(json, ContractJson.Strict) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new PermanentProblemException(ProblemTypes.InvalidQuestions, $"{source} can't be read: {e.Message}");
        }
    }

    private static QuestionSet Completed(QuestionSet set) => set with { Questions = QuestionRules.Complete(set.Questions) };

    private static string? Value(IDictionary<string, string> metadata, string key)
        => metadata.FirstOrDefault(m => string.Equals(m.Key, key, StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } value ? value : null;
}
