namespace Pipeline.Cli.Bench;

/// <summary>How reading grows with the document: seconds = linear x tokens + quadratic x tokens², fitted over the measured lengths. Exact attention has a quadratic part.</summary>
/// <param name="Engine">native, ort or genai.</param>
/// <param name="SecondsPerToken">Everything but attention.</param>
/// <param name="SecondsPerTokenSquared">Attention.</param>
/// <param name="AttentionGflops">Rate at which the quadratic part does attention's necessary operations.</param>
/// <param name="LargestDeviation">Largest relative difference of a measured time from the fit.</param>
internal sealed record BenchGrowth(string Engine, double SecondsPerToken, double SecondsPerTokenSquared, double AttentionGflops, double LargestDeviation)
{
    /// <summary>Least squares of the relative errors, so that short documents count as much as long ones.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="times">Tokens and seconds.</param>
    /// <param name="attentionOperationsPerTokenSquared">Necessary operations of attention, divided by the square of the length.</param>
    /// <returns>Null for fewer than three lengths.</returns>
    internal static BenchGrowth? Fit(string engine, IReadOnlyList<(int Tokens, double Seconds)> times, double attentionOperationsPerTokenSquared)
    {
        if (times.Count < 3)
        {
            return null;
        }

        // Minimise the sum of (a x + b y - 1)² with x = n / t, y = n² / t.
        double xx = 0, xy = 0, yy = 0, sumX = 0, sumY = 0;
        foreach (var (tokens, seconds) in times)
        {
            double x = tokens / seconds, y = x * tokens;
            xx += x * x;
            xy += x * y;
            yy += y * y;
            sumX += x;
            sumY += y;
        }

        var determinant = (xx * yy) - (xy * xy);
        var linear = ((sumX * yy) - (sumY * xy)) / determinant;
        var quadratic = ((sumY * xx) - (sumX * xy)) / determinant;
        var deviation = times.Max(t => Math.Abs((((linear * t.Tokens) + (quadratic * t.Tokens * t.Tokens)) / t.Seconds) - 1));
        return new BenchGrowth(engine, linear, quadratic, attentionOperationsPerTokenSquared / quadratic / 1e9, deviation);
    }
}
