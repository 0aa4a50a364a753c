using Pipeline.Documents.Protocol;

namespace Pipeline.Documents.Parsers.Limits;

/// <summary>Counts the bytes that compressed streams really inflate to; declared sizes are never believed.</summary>
internal sealed class InflationBudget(ExtractionLimits limits)
{
    /// <summary>Below this no ratio is looked at: small files of repeated text compress well and harm nobody.</summary>
    private const long FreeBytes = 16 * 1024 * 1024;

    private long inflated;
    private long compressed = 1;

    /// <summary>Adds to the bytes of the file that the ratio is taken to.</summary>
    public void AddFile(long bytes) => Interlocked.Add(ref compressed, bytes);

    /// <exception cref="ParseRefusal">Too large: the total or the ratio is exceeded.</exception>
    public void Add(long bytes)
    {
        var total = Interlocked.Add(ref inflated, bytes);
        if (total > limits.InflatedBytes)
        {
            throw ParseRefusal.TooLarge(
                $"The compressed parts of the file inflate to more than the {limits.InflatedBytes:N0} bytes allowed. Raise MaxInflatedBytes if the file is trusted.");
        }

        if (total > FreeBytes && total / compressed > limits.InflationRatio)
        {
            throw ParseRefusal.TooLarge(
                $"The compressed parts of the file inflate to more than {limits.InflationRatio} times its size. Raise MaxInflationRatio if the file is trusted.");
        }
    }
}
