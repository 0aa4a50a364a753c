using System.Text.Json.Serialization;

namespace Pipeline.Documents;

/// <summary>What became of one page.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PageOutcome>))]
public enum PageOutcome
{
    /// <summary>The page's text was read.</summary>
    [JsonStringEnumMemberName("ok")] Ok,

    /// <summary>The page has nothing on it.</summary>
    [JsonStringEnumMemberName("empty")] Empty,

    /// <summary>The page has no text layer; its text was recognised from its image.</summary>
    [JsonStringEnumMemberName("ocr")] Ocr,

    /// <summary>The page has no text layer and was not recognised; the reason says why.</summary>
    [JsonStringEnumMemberName("no-text-layer")] NoTextLayer,

    /// <summary>The page's text is incomplete; the reason says why.</summary>
    [JsonStringEnumMemberName("partial")] Partial,

    /// <summary>The page could not be read; the reason says why.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
}
