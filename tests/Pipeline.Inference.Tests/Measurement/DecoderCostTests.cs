using Pipeline.Inference.Measurement;

namespace Pipeline.Inference.Tests.Measurement;

public sealed class DecoderCostTests
{
    [Theory]
    [InlineData("llama")]
    [InlineData("llama-int4-acc1")]
    [InlineData("llama-qdq")]
    [InlineData("llama-fp16")]
    public void EveryExportOfTheSameWeightsCostsTheSame(string name)
    {
        var cost = DecoderCost.Of(TestModels.OpenTiny(name));
        var plain = DecoderCost.Of(TestModels.OpenTiny("llama"));

        Assert.Equal(plain!.WeightsPerToken, cost!.WeightsPerToken);
        Assert.Equal(plain.Reading(300), cost.Reading(300));
    }

    [Fact]
    public void WeightsAndKeysAreCountedAsTheArchitectureSays()
    {
        // 2 layers: qkv 64 x (4 + 2 + 2) x 16, output 64 x 64, and three MLP matrices; the head is not read.
        var config = TestModels.OpenTiny("llama").Config;
        var cost = DecoderCost.Of(TestModels.OpenTiny("llama"))!;
        var attention = 2 * ((config.HiddenSize * 8 * 16) + (64 * config.HiddenSize));

        Assert.Equal(0, (cost.WeightsPerToken - attention) % (2 * 3 * config.HiddenSize));
        Assert.Equal((2.0 * cost.WeightsPerToken * 100) + (2 * 4.0 * 64 * (100 * 101 / 2)), cost.Reading(100));
    }

    [Fact]
    public void AWindowLimitsTheKeys()
    {
        var cost = DecoderCost.Of(TestModels.OpenTiny("mistral-window"))!;

        // 32 keys from the 32nd token on.
        var keys = (32 * 33 / 2) + (68 * 32);
        Assert.Equal((2.0 * cost.WeightsPerToken * 100) + (2 * 4.0 * 128 * keys), cost.Reading(100));
    }

    [Fact]
    public void ExpertsAreNotCounted() => Assert.Null(DecoderCost.Of(TestModels.OpenTiny("gpt-oss")));
}
