using Pipeline.Cli.Bench;

namespace Pipeline.Cli.Tests.Bench;

public sealed class BenchGrowthTests
{
    [Fact]
    public void ALawIsFoundAgain()
    {
        (int, double)[] times = [.. new[] { 1000, 2000, 4000, 8000 }.Select(n => (n, (0.002 * n) + (3e-7 * n * n)))];

        var growth = BenchGrowth.Fit("native", times, 60_000)!;

        Assert.Equal(0.002, growth.SecondsPerToken, 1e-9);
        Assert.Equal(3e-7, growth.SecondsPerTokenSquared, 1e-12);
        Assert.Equal(200, growth.AttentionGflops, 1e-6);
        Assert.Equal(0, growth.LargestDeviation, 1e-6);
    }

    [Fact]
    public void TwoLengthsShowNoGrowth() => Assert.Null(BenchGrowth.Fit("native", [(1000, 1.0), (2000, 2.1)], 1));
}
