using System.Text.Json.Serialization;

namespace Pipeline.Documents;

/// <summary>JSON of the model and of the wire protocol, camel case, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExtractedDocument))]
[JsonSerializable(typeof(Protocol.ExtractionRequest))]
public sealed partial class ExtractionJson : JsonSerializerContext;
