using System.Text.Json.Serialization;

namespace Pipeline.Documents;

/// <summary>What became of a document. The names are stable: they are stored, shown, and other programs branch on them.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExtractionOutcome>))]
public enum ExtractionOutcome
{
    /// <summary>All text was read; there is at least one letter or digit.</summary>
    [JsonStringEnumMemberName("ok")] Ok,

    /// <summary>Text was read, but some page or part was not; the pages and warnings say which.</summary>
    [JsonStringEnumMemberName("partial")] Partial,

    /// <summary>The document needs a password that was not given, or another one.</summary>
    [JsonStringEnumMemberName("encrypted")] Encrypted,

    /// <summary>The pages hold no text, only images (a scan) or nothing, and no OCR was done.</summary>
    [JsonStringEnumMemberName("no-text-layer")] NoTextLayer,

    /// <summary>The bytes are not a sound document of their format.</summary>
    [JsonStringEnumMemberName("corrupt")] Corrupt,

    /// <summary>A sound document without any letter or digit.</summary>
    [JsonStringEnumMemberName("empty")] Empty,

    /// <summary>A limit on size, inflation, depth, entries, text or memory was reached.</summary>
    [JsonStringEnumMemberName("too-large")] TooLarge,

    /// <summary>The format is not one this program reads.</summary>
    [JsonStringEnumMemberName("unsupported")] Unsupported,

    /// <summary>The parser did not finish in time and was ended.</summary>
    [JsonStringEnumMemberName("timed-out")] TimedOut,

    /// <summary>The parser process died.</summary>
    [JsonStringEnumMemberName("crashed")] Crashed,
}
