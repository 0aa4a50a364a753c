using System.Text.Json;

namespace Pipeline.Workflows.Intake;

/// <summary>A blob event as Event Grid puts it into a queue, in its own schema or as a CloudEvent.</summary>
internal static class EventGridEvent
{
    private const string BlobCreated = "Microsoft.Storage.BlobCreated";

    public static bool Looks(JsonElement message)
        => message.ValueKind == JsonValueKind.Object && (message.TryGetProperty("eventType", out _) || message.TryGetProperty("specversion", out _));

    /// <returns>Blob URL and ETag; null for events of another kind.</returns>
    public static (string Url, string? ETag)? Read(JsonElement message)
    {
        var type = Text(message, "eventType") ?? Text(message, "type");
        if (!string.Equals(type, BlobCreated, StringComparison.Ordinal)) return null;
        if (!message.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object || Text(data, "url") is not { } url)
        {
            throw new JsonException("The event has no data.url.");
        }

        return (url, Text(data, "eTag"));
    }

    private static string? Text(JsonElement parent, string name)
        => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
