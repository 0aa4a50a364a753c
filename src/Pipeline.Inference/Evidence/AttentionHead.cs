using System.Globalization;

namespace Pipeline.Inference.Evidence;

/// <summary>One query head of one attention layer.</summary>
/// <param name="Layer">Layer, counted from 0 as the model counts.</param>
/// <param name="Head">Query head, counted from 0.</param>
public readonly record struct AttentionHead(int Layer, int Head)
{
    /// <summary>Reads <c>layer:head</c>, as in <c>14:3</c>.</summary>
    /// <exception cref="InferenceException">The text is not of that form.</exception>
    public static AttentionHead Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int head)
                ? new AttentionHead(layer, head)
                : throw new InferenceException($"'{text}' is no attention head; write layer:head, such as 14:3.");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Layer}:{Head}");
}
