using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Intake;

/// <summary>Ids that are the same for the same thing, whoever computes them.</summary>
public static class Identity
{
    /// <summary>One workflow for each (blob path, ETag, request id).</summary>
    public static string Instance(IntakeMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return "doc-" + Hash(message.Blob, message.ETag ?? "", message.RequestId ?? "");
    }

    /// <summary>One analysis for each (document, questions, model, instructions).</summary>
    public static string Analysis(string sha256, IReadOnlyList<Question> questions, string model, string? instructions)
        => "a-" + Hash(sha256, JsonSerializer.Serialize(questions, ContractJson.Tolerant), model, instructions ?? "");

    /// <summary>The same for the same message; names records about messages.</summary>
    public static string Message(string text) => Hash(text);

    // A length before each part: no two lists of parts give one text.
    private static string Hash(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts) text.Append(part.Length).Append(':').Append(part);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }
}
