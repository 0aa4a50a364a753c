using Pipeline.Inference.Measurement;

namespace Pipeline.Inference.Tests.Measurement;

public sealed class MatMulRateTests
{
    [Fact]
    public void TheRateIsThatOfAProcessor()
    {
        using var rate = new MatMulRate(1);

        Assert.InRange(rate.MeasureGflops(), 0.5, 5000);
    }
}
