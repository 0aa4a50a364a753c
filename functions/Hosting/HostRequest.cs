using System.Text.Json;

namespace Pipeline.Functions.Hosting;

/// <summary>One invocation as the Functions host sends it: <c>{"Data":{name:value},"Metadata":{…}}</c>.</summary>
/// <remarks>
/// The host turns every value that no JSON object can hold into a JSON string that contains its JSON, so a queue message arrives encoded
/// twice. Metadata is not trusted: top-level members of a message are merged over it.
/// </remarks>
internal sealed class HostRequest
{
    private readonly JsonElement data;

    private HostRequest(JsonElement data) => this.data = data;

    /// <exception cref="JsonException">The body is not what the host sends.</exception>
    public static HostRequest Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || Find(body, "Data") is not { ValueKind: JsonValueKind.Object } data)
        {
            throw new JsonException("The body has no \"Data\" object; only the Functions host calls this address.");
        }

        return new HostRequest(data);
    }

    /// <summary>The binding's value, decoded as often as it was encoded.</summary>
    /// <returns>An element of kind Undefined if there is no such binding.</returns>
    public JsonElement Value(string binding)
    {
        if (Find(data, binding) is not { } value) return default;
        while (value.ValueKind == JsonValueKind.String && TryParse(value.GetString()!, out var inner)) value = inner;
        return value;
    }

    /// <summary>The binding's value, decoded once: a message's text as it was sent.</summary>
    public string Text(string binding)
    {
        if (Find(data, binding) is not { } value) return "";
        if (value.ValueKind != JsonValueKind.String) return value.GetRawText();
        var text = value.GetString()!;
        return TryParse(text, out var inner) && inner.ValueKind == JsonValueKind.String ? inner.GetString()! : text;
    }

    private static JsonElement? Find(JsonElement parent, string name)
    {
        foreach (var member in parent.EnumerateObject())
        {
            if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)) return member.Value;
        }

        return null;
    }

    private static bool TryParse(string text, out JsonElement element)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            element = document.RootElement.Clone();
            return true;
        }
        catch (JsonException)
        {
            element = default;
            return false;
        }
    }
}
