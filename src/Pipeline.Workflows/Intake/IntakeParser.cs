using System.Text.Json;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Durable;

namespace Pipeline.Workflows.Intake;

/// <summary>Reads what arrives on <c>intake</c>: our own message, or Event Grid's about a new blob.</summary>
public static class IntakeParser
{
    /// <returns>Null for an event that is none of ours (another kind than BlobCreated).</returns>
    /// <exception cref="PermanentProblemException">The message can't be read, or says something it must not.</exception>
    public static IntakeMessage? Parse(JsonElement message, Uri blobEndpoint)
    {
        IntakeMessage? intake;
        try
        {
            if (EventGridEvent.Looks(message))
            {
                if (EventGridEvent.Read(message) is not { } created) return null;
                intake = new IntakeMessage(created.Url, created.ETag);
            }
            else
            {
                if (message.ValueKind != JsonValueKind.Object) throw new JsonException("A JSON object is expected.");
                intake = message.Deserialize<Envelope<IntakeMessage>>(ContractJson.Strict)?.M;
            }
        }
        catch (JsonException e)
        {
            throw new PermanentProblemException(ProblemTypes.InvalidMessage, $"The message is neither an intake message nor a blob event: {e.Message}");
        }

        if (intake is null) throw new PermanentProblemException(ProblemTypes.InvalidMessage, "The message's \"m\" is empty.");
        Check(intake);
        return intake with { Blob = BlobReference.Parse(intake.Blob, blobEndpoint).ToString(), ETag = intake.ETag?.Trim('"') };
    }

    private static void Check(IntakeMessage message)
    {
        if (message.RequestId is { } requestId && !InstanceIds.IsValid(requestId)) throw Invalid("requestId", "letters, digits and . : _ - only, at most 100 characters");
        if (message.ETag is { Length: > 100 }) throw Invalid("eTag", "at most 100 characters");
        if (message.ETag is null && message.RequestId is null) throw Invalid("requestId", "needed where there is no eTag, or the same message could start two analyses");
        if (message.QuestionSet is { } set && !QuestionRules.IsName(set)) throw Invalid("questionSet", "letters, digits and . _ - only, at most 64 characters");
        if (message.Model is { } model && !QuestionRules.IsName(model)) throw Invalid("model", "letters, digits and . _ - only, at most 64 characters");
        if (message.Instructions is { Length: > QuestionRules.MaxTextLength }) throw Invalid("instructions", $"at most {QuestionRules.MaxTextLength:N0} characters");
        if (message.TraceParent is { Length: > 100 }) throw Invalid("traceParent", "at most 100 characters");
        if (message.Questions is not null) QuestionRules.Complete(message.Questions);
    }

    private static PermanentProblemException Invalid(string member, string rule) => new(ProblemTypes.InvalidMessage, $"{member}: {rule}.");
}
