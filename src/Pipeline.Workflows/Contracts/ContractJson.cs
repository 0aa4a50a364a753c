using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Workflows.Contracts;

/// <summary>How contracts are read and written: camelCase, enums as names, unknown and doubled members refused.</summary>
public static class ContractJson
{
    /// <summary>For input from outside: an unknown member, a doubled member or a missing required one is an error that names it.</summary>
    public static JsonSerializerOptions Strict { get; } = Create(JsonUnmappedMemberHandling.Disallow, indented: false);

    /// <summary>For our own blobs, which a newer version may have written: unknown members are skipped.</summary>
    public static JsonSerializerOptions Tolerant { get; } = Create(JsonUnmappedMemberHandling.Skip, indented: false);

    /// <summary>For blobs that people open.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(JsonUnmappedMemberHandling.Skip, indented: true);

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Tolerant);

    private static JsonSerializerOptions Create(JsonUnmappedMemberHandling unmapped, bool indented)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = unmapped,
            AllowDuplicateProperties = unmapped == JsonUnmappedMemberHandling.Skip,
            PropertyNameCaseInsensitive = false,
            NumberHandling = JsonNumberHandling.Strict,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            MaxDepth = 16,
            WriteIndented = indented,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
