using System.Runtime.Intrinsics;
using Pipeline.Attention.Kernels;

namespace Pipeline.Attention.Tests.Kernels;

public sealed class ExponentialTests
{
    [Fact]
    public void Every_form_is_within_two_units_in_the_last_place()
    {
        double worst = 0;
        for (float x = 0; x > -87.2f; x = MathF.BitDecrement(x - (1f / 4096)))
        {
            worst = Math.Max(worst, Error(x, Exponential.Exp(x)));
            worst = Math.Max(worst, Error(x, Vector128Softmax.Exp(Vector128.Create(x))[0]));
            if (KernelChoices.IsSupported(KernelChoice.Vector256))
            {
                worst = Math.Max(worst, Error(x, Vector256Softmax.Exp(Vector256.Create(x))[3]));
            }

            if (KernelChoices.IsSupported(KernelChoice.Avx512))
            {
                worst = Math.Max(worst, Error(x, Avx512Softmax.Exp(Vector512.Create(x))[15]));
            }
        }

        Assert.InRange(worst, 0, 2);
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(-88f, 0f)]
    [InlineData(-1e30f, 0f)]
    [InlineData(float.NegativeInfinity, 0f)]
    public void Edges(float x, float expected)
    {
        Assert.Equal(expected, Exponential.Exp(x));
        Assert.Equal(expected, Vector128Softmax.Exp(Vector128.Create(x))[1]);
        if (KernelChoices.IsSupported(KernelChoice.Vector256))
        {
            Assert.Equal(expected, Vector256Softmax.Exp(Vector256.Create(x))[1]);
        }

        if (KernelChoices.IsSupported(KernelChoice.Avx512))
        {
            Assert.Equal(expected, Avx512Softmax.Exp(Vector512.Create(x))[1]);
        }
    }

    private static double Error(float x, float actual)
    {
        double exact = Math.Exp(x);
        float nearest = (float)exact;
        return Math.Abs(exact - actual) / (MathF.BitIncrement(nearest) - (double)nearest);
    }
}
